import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { dress } from '$lib/state/appearance.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no element with the id "app"')

await dress()

export default mount(App, { target })
