// Command tocsin carries out a production incident runbook.
package main

import (
	"os"

	"tocsin/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) }
