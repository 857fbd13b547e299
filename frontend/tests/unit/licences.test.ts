import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collect, kindOf } from '../../build/licences.ts'

test('a licence is known by its words', () => {
  expect(kindOf('Permission is hereby granted, free of charge, to any person')).toBe('MIT')
  expect(kindOf('Apache License\n Version 2.0, January 2004')).toBe('Apache-2.0')
  expect(kindOf('Redistribution and use in source. Neither the name of')).toBe('BSD-3-Clause')
  expect(kindOf('Redistribution and use in source and binary forms')).toBe('BSD-2-Clause')
  expect(kindOf('something else')).toBe('see the text')
})

test('the list is in order, has each text once, and finds it beside or above a part', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gossip-licences-'))
  const text = 'Permission is hereby granted, free of charge'
  await mkdir(join(folder, 'b', 'inner'), { recursive: true })
  await mkdir(join(folder, 'a'))
  await writeFile(join(folder, 'b', 'LICENSE.md'), `${text}\n`)
  await writeFile(join(folder, 'a', 'COPYING'), text)
  const { parts, texts } = collect([
    { name: 'b', version: '1', folder: join(folder, 'b', 'inner') },
    { name: 'a', version: '2', folder: join(folder, 'a'), licence: 'X11' }
  ])
  await rm(folder, { recursive: true })
  expect(texts).toEqual([text])
  expect(parts).toEqual([
    { name: 'a', version: '2', licence: 'X11', text: 0 },
    { name: 'b', version: '1', licence: 'MIT', text: 0 }
  ])
})
