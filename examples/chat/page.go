package main

import (
	"embed"
	"net/http"

	"github.com/tornadio/tornadio/examples/internal/site"
)

//go:embed page
var files embed.FS

// pages are "/" with the client of today and "/legacy" with that of 2011 to
// 2014: one page, in which modern.js and legacy.js are all that differs.
func pages() http.Handler { return site.New(files) }
