import { expect, it } from 'vitest'
import { cleanHtml, linkAddress, losesMarkup } from './html.ts'

it('keeps mark-up and drops whatever runs', () => {
  expect(cleanHtml('<p onclick="x()">Hi <b>you</b><script>alert(1)</script><img src=x onerror=y></p>')).toBe(
    '<p>Hi <b>you</b></p>',
  )
  expect(cleanHtml('<a href="javascript:x()">a</a>')).toBe('<a rel="noopener noreferrer">a</a>')
})

it('knows when there is more than it can keep', () => {
  expect(losesMarkup('<p>Hi <b>you</b></p><ul><li>1</li></ul>')).toBe(false)
  expect(losesMarkup('<p>Hi <img src="https://example.com/a.png"></p>')).toBe(true)
})

it('completes addresses, and takes none that runs', () => {
  expect(linkAddress('example.com/a')).toBe('https://example.com/a')
  expect(linkAddress('me@example.com')).toBe('mailto:me@example.com')
  expect(linkAddress(' http://a.example ')).toBe('http://a.example')
  expect(linkAddress('javascript:alert(1)')).toBeNull()
  expect(linkAddress('')).toBeNull()
})
