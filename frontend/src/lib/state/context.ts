import { createContext } from 'svelte'
import type { AppState } from './app.svelte'

/** The one AppState, set by App.svelte for every feature below it. */
export const [useApp, provideApp] = createContext<AppState>()
