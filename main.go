// Command gossip is the desktop app: a window, the Svelte interface inside it, and the backend
// behind it. The same backend without a window is backend/cmd/gossip-cli.
package main

import (
	"embed"
	"fmt"
	"os"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
)

//go:embed all:frontend/dist
var assets embed.FS

func main() {
	if err := openWindow(NewApp()); err != nil {
		fmt.Fprintln(os.Stderr, "gossip:", err)
		os.Exit(1)
	}
}

// openWindow runs the app in its window and returns when the window is closed.
func openWindow(app *App) error {
	return wails.Run(&options.App{
		Title:       "Gossip",
		Width:       1080,
		Height:      720,
		MinWidth:    360,
		MinHeight:   480,
		AssetServer: &assetserver.Options{Assets: assets},
		OnStartup:   app.startup,
		Bind:        []any{app},
	})
}
