// Package cmap reads from the sources of a model what stands for what in the C.
//
// It owns the list of the functions that bear a lastwake:c directive, the list
// of the places where a model leaves the C, and the page made of both. It
// refuses to know a model. It is for tests, and nothing else imports it.
//
//	page := cmap.Page{Head: head, Funcs: cmap.Funcs(t), Cases: transcript.MostTelling(t, homes)}
//	page.Current(t, "../docs/model-map.md", update)
package cmap
