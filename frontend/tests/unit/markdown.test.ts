import { emojiAlone } from '$lib/markdown/emoji'
import { highlight } from '$lib/markdown/highlight'
import { safeLink, shownOf } from '$lib/markdown/link'
import { namesOf, piecesOf } from '$lib/markdown/mention'
import { parse } from '$lib/markdown/parse'
import { plainOf } from '$lib/markdown/plain'
import { describe, expect, test } from 'vitest'
import { person } from './people'

const text = (words: string) => ({ kind: 'text', text: words })
const paragraph = (...children: object[]) => ({ kind: 'paragraph', children })

describe('parse', () => {
  test('knows the marks of a line', () => {
    expect(parse('a **b** _c_ ~~d~~ `e <f>`')).toEqual([
      paragraph(
        text('a '),
        { kind: 'strong', children: [text('b')] },
        text(' '),
        { kind: 'em', children: [text('c')] },
        text(' '),
        { kind: 'del', children: [text('d')] },
        text(' '),
        { kind: 'code', text: 'e <f>' }
      )
    ])
  })

  test('keeps the lines as they were written', () => {
    expect(parse('one\ntwo')).toEqual([paragraph(text('one'), { kind: 'break' }, text('two'))])
  })

  test('shows HTML as text', () => {
    const html = '<img src=x onerror=alert(1)> <b>bold</b>\n<script>alert(1)</script>'
    expect(plainOf(html)).toBe(html.replace('\n', ' '))
    expect(JSON.stringify(parse(html))).not.toContain('"html"')
  })

  test('hides nothing behind a definition, a dash line or four spaces', () => {
    expect(plainOf('[a]: https://evil.example')).toContain('[a]:')
    expect(parse('title\n---')[0]).toMatchObject({ kind: 'paragraph' })
    expect(parse('    four spaces')[0]).toMatchObject({ kind: 'paragraph' })
  })

  test('knows lists, tasks, quotes, tables, headings and code', () => {
    expect(parse('3. c\n4. d')[0]).toMatchObject({ kind: 'list', start: 3 })
    expect(parse('- [x] done\n- [ ] open')[0]).toMatchObject({
      items: [{ done: true }, { done: false }]
    })
    expect(parse('> said')[0]).toMatchObject({ kind: 'quote', blocks: [{ kind: 'paragraph' }] })
    expect(parse('|a|b|\n|-|-|\n|1|2|')[0]).toMatchObject({
      kind: 'table',
      head: [[text('a')], [text('b')]]
    })
    expect(parse('## h')[0]).toMatchObject({ kind: 'heading', level: 2 })
    expect(parse('```go\nfunc f() {}\n```')[0]).toEqual({
      kind: 'code',
      language: 'go',
      text: 'func f() {}'
    })
  })

  test('loads no image: it is a link', () => {
    expect(parse('![cat](https://a.example/cat.png)')[0]).toEqual(
      paragraph({ kind: 'link', href: 'https://a.example/cat.png', children: [text('cat')] })
    )
  })

  test('takes no longer than 50 ms over a hostile text', () => {
    const full = (part: string) => part.repeat(Math.ceil(16_000 / part.length)).slice(0, 16_000)
    const parts =
      '*|[|>|`|_|~|<|![|[](|*_|*a |_a_|- |1. |[a](|\\|# |> |- - |**[|&|`a|a_b_|1) |>\n'.split('|')
    parse('warm **up**')
    for (const part of parts) {
      const start = performance.now()
      expect(parse(full(part)).length, part).toBeGreaterThanOrEqual(0)
      expect(performance.now() - start, part).toBeLessThan(50)
    }
  })
})

describe('links', () => {
  test('lead only to the web or to a mailbox', () => {
    expect(safeLink('https://a.example/x?y#z')).toBe('https://a.example/x?y#z')
    expect(safeLink('mailto:bob@a.example')).toBe('mailto:bob@a.example')
    for (const bad of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', '//a', 'a'])
      expect(safeLink(bad)).toBeUndefined()
    expect(plainOf('[click](javascript:alert(1))')).toBe('[click](javascript:alert(1))')
  })

  test('show their whole target unless the words are it', () => {
    expect(shownOf('https://a.example/', 'a.example')).toEqual({ target: '', ascii: '' })
    expect(shownOf('https://a.example/x', 'https://a.example/x').target).toBe('')
    expect(shownOf('https://a.example/ä', 'https://a.example/ä').target).toBe('')
    expect(shownOf('https://evil.example/', 'bank.example').target).toBe('https://evil.example/')
    expect(shownOf('https://evil.example/', 'a.example').target).toBe('https://evil.example/')
  })

  test('with letters that look like others are shown in ASCII too', () => {
    const href = safeLink('https://аpple.com/') ?? ''
    expect(shownOf(href, 'https://аpple.com/').ascii).toBe('xn--pple-43d.com')
    expect(shownOf(href, 'apple.com').target).toBe('https://xn--pple-43d.com/')
  })
})

describe('mentions', () => {
  const names = namesOf([person('Ann'), person('Ann Lee'), person('bob', { mine: true })])

  test('are the names of people here, the longest that fits', () => {
    expect(piecesOf('hi @ann lee, @Bob!', names)).toEqual([
      { text: 'hi ' },
      { text: '@ann lee', mention: 'other' },
      { text: ', ' },
      { text: '@Bob', mention: 'me' },
      { text: '!' }
    ])
  })

  test('are no parts of words, and nobody else', () => {
    for (const words of ['bob@ann.example', '@anna', '@carol', 'a @ b'])
      expect(piecesOf(words, names)).toEqual([{ text: words }])
  })
})

describe('emojiAlone', () => {
  test('counts up to three emoji that stand alone', () => {
    expect(['🎉', '👍🏽 👨‍👩‍👧‍👦', '🇩🇪❤️1️⃣', '🎉🎉🎉🎉', 'a🎉', '12', ''].map(emojiAlone)).toEqual([
      1, 2, 3, 0, 0, 0, 0
    ])
  })
})

describe('highlight', () => {
  test('says what the pieces of code are', async () => {
    const spans = await highlight('go', 'func f() {}')
    expect(spans?.map((span) => span.text).join('')).toBe('func f() {}')
    expect(spans).toContainEqual({ text: 'func', kind: 'keyword' })
    expect(await highlight('nonsense', 'x')).toBeUndefined()
  })
})
