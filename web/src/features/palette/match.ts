// How well a label answers what was typed: as written, by the beginnings of its words, or by pinyin, whole or in initials.
import { soundsOf } from './pinyin.ts'

/** 0 if it does not; more is better. Each word that was typed must be found in the label or in its other names. */
export function score(label: string, typed: string, otherNames = ''): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return 1
  let sum = 0
  for (const word of words) {
    const own = one(label.toLowerCase(), word)
    const best = Math.max(own, one(otherNames.toLowerCase(), word) / 2)
    if (best === 0) return 0
    sum += best
  }
  return sum / words.length
}

function one(text: string, word: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 100
  if (at > 0) return startsWord(text, at) ? 80 : 60
  if (!/^[a-z]+$/.test(word)) return 0
  if (initials(text).startsWith(word)) return 50
  for (let from = 0; from < text.length; from += 1) {
    if (soundsLike(text, from, word)) return from === 0 ? 70 : 40
  }
  return 0
}

const startsWord = (text: string, at: number) => /[\s/:：,、·(（“"]/.test(text[at - 1] ?? ' ')

const initials = (text: string) =>
  text
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word[0] ?? '')
    .join('')

/** Whether the characters from a place on are spelt by the word: each by a whole syllable or its initial, the last by a part. */
function soundsLike(text: string, from: number, word: string): boolean {
  if (word === '') return true
  return soundsOf(text[from] ?? '').some((sound) => {
    if (sound.startsWith(word)) return true
    if (word.startsWith(sound) && soundsLike(text, from + 1, word.slice(sound.length))) return true
    return word[0] === sound[0] && soundsLike(text, from + 1, word.slice(1))
  })
}
