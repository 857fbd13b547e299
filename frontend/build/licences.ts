import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Plugin } from 'vite'
import type { Licences, Part } from '../src/lib/features/settings/licences'

/** Library is a folder of somebody else's work with its name and version. */
interface Library {
  name: string
  version: string
  folder: string
  licence?: string
}

const project = resolve(import.meta.dirname, '../..')

/** licences writes licences.json: every library whose code is in the program, with the text of its licence. */
export function licences(): Plugin {
  return {
    name: 'gossip-licences',
    apply: 'build',
    generateBundle() {
      const libraries = [...npmLibraries(this.getModuleIds()), ...goLibraries()]
      const source = JSON.stringify(collect(libraries))
      this.emitFile({ type: 'asset', fileName: 'licences.json', source })
    }
  }
}

/** npmLibraries are the packages of which something was bundled. */
function npmLibraries(modules: Iterable<string>): Library[] {
  const found = new Map<string, Library>()
  for (const module of modules) {
    const folder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(module)?.[1]
    if (!folder || found.has(folder) || !existsSync(join(folder, 'package.json'))) continue
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    found.set(folder, { name: about.name, version: about.version, licence: about.license, folder })
  }
  return [...found.values()]
}

/** goLibraries are the modules that the three programs are made of. */
function goLibraries(): Library[] {
  const format = '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}'
  const programs = ['.', './signaling', './backend/cmd/gossip-cli']
  const tags = ['-tags', 'desktop,production,webkit2_41']
  const list = ['list', '-e', '-deps', ...tags, '-f', format, ...programs]
  const lines = execFileSync('go', list, { cwd: project, encoding: 'utf8' }).split('\n')
  return [...new Set(lines)]
    .map((line) => line.split(' '))
    .flatMap(([name, version, folder]) =>
      name && version && folder ? [{ name, version, folder }] : []
    )
    .concat(goItself())
}

/** goItself is Go's own library, which is in each of the programs. */
function goItself(): Library {
  const [folder = '', version = ''] = execFileSync('go', ['env', 'GOROOT', 'GOVERSION'], {
    cwd: project,
    encoding: 'utf8'
  }).split('\n')
  return { name: 'Go', version: version.replace(/^go/, ''), folder }
}

/** collect writes each licence's text once. */
export function collect(libraries: readonly Library[]): Licences {
  const texts: string[] = []
  const parts = libraries.map(({ name, version, folder, licence }): Part => {
    const text = textOf(folder)
    let at = texts.indexOf(text)
    if (at < 0) at = texts.push(text) - 1
    return { name, version, licence: licence ?? kindOf(text), text: at }
  })
  return { parts: parts.sort((a, b) => a.name.localeCompare(b.name)), texts }
}

/** textOf is the licence in a folder, or in one above it in the same repository. */
function textOf(folder: string): string {
  for (const place of [folder, dirname(folder)]) {
    const name = readdirSync(place).find((file) => /^(un)?(licen[cs]e|copying)([.-]|$)/i.test(file))
    if (name) return readFileSync(join(place, name), 'utf8').trim()
  }
  return ''
}

/** kindOf is the SPDX name of a licence, by words that only it has. */
export function kindOf(text: string): string {
  const kinds: [RegExp, string][] = [
    [/Mozilla Public License.*2\.0/is, 'MPL-2.0'],
    [/Apache License\s+Version 2\.0/i, 'Apache-2.0'],
    [/Permission is hereby granted, free of charge/i, 'MIT'],
    [/Permission to use, copy, modify, and(\/or)? distribute/i, 'ISC'],
    [/Neither the name/i, 'BSD-3-Clause'],
    [/Redistribution and use in source/i, 'BSD-2-Clause'],
    [/free and unencumbered software/i, 'Unlicense']
  ]
  return kinds.find(([words]) => words.test(text))?.[1] ?? 'see the text'
}
