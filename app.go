package main

import "context"

// App is what the interface may call. Its methods are thin: they return at once, an id or an
// error, and what follows reaches the interface as events.
type App struct {
	ctx context.Context
}

// NewApp returns an App that has not been started.
func NewApp() *App { return &App{} }

// startup keeps the window's context, which the calls back into the window need.
func (a *App) startup(ctx context.Context) { a.ctx = ctx }
