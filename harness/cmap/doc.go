// Package cmap reads from the sources of a model what stands for what in the C.
//
// It owns the list of the functions that bear a lastwake:c directive, the list
// of the places where a model leaves the C, and the page made of both. It
// refuses to know a model. It is for tests, and nothing else imports it.
//
//	funcs := cmap.Funcs(t)
//	page := cmap.Page{Head: head, Funcs: funcs, Cases: transcript.MostTelling(funcs, failures, homes)}
//	cmap.Current(t, "../docs/model-map.md", page.Text(t), update)
package cmap
