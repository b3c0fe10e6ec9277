package redact

import "reflect"

var textType = reflect.TypeFor[Text]()

// Seal puts every unsealed Text that v, a pointer, leads to through Text: in
// structs, slices, arrays, maps (values, not keys), pointers and interfaces.
// Unexported fields are left alone; their Texts keep printing "[withheld]".
func (r *Redactor) Seal(v any) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer {
		panic("redact: Seal wants a pointer, not " + rv.Kind().String())
	}
	r.seal(rv, map[uintptr]bool{})
}

func (r *Redactor) seal(v reflect.Value, seen map[uintptr]bool) {
	if v.IsValid() && v.Type() == textType {
		if t := v.Interface().(Text); !t.Sealed() && v.CanSet() {
			v.Set(reflect.ValueOf(r.Text(t.s)))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		// A pointer to a struct and one to its first field are the same
		// address, so only the structs are remembered.
		if v.Elem().Kind() == reflect.Struct && v.Elem().Type() != textType {
			seen[v.Pointer()] = true
			defer delete(seen, v.Pointer())
		}
		r.seal(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.seal(v.Field(i), seen)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			r.seal(v.Index(i), seen)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, r.sealed(v.MapIndex(k), seen))
		}
	case reflect.Interface:
		if !v.IsNil() && v.CanSet() {
			v.Set(r.sealed(v.Elem(), seen))
		}
	}
}

// sealed seals a copy of v, for values that cannot be set in place.
func (r *Redactor) sealed(v reflect.Value, seen map[uintptr]bool) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	r.seal(c, seen)
	return c
}
