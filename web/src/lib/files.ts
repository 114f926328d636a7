// Files as people speak of them: how large in KB and MB, and what kind of thing.

const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** 1536 as "1.5 KB". */
export function sizeText(bytes: number, language: string): string {
  let [value, at] = [bytes, 0]
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024
    at += 1
  }
  const digits = at === 0 || value >= 100 ? 0 : 1
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${units[at]}`
}

const kinds = [
  ['image', /^image\//, /^(png|jpe?g|gif|webp|bmp|avif|heic|svg|tiff?)$/],
  ['audio', /^audio\//, /^(mp3|m4a|wav|ogg|flac|amr|aac)$/],
  ['video', /^video\//, /^(mp4|mov|webm|avi|mkv)$/],
  ['pdf', /^application\/pdf$/, /^pdf$/],
  ['sheet', /spreadsheet|ms-excel|\/csv$/, /^(xlsx?|xlsm|csv|tsv|ods|et)$/],
  ['slides', /presentation|ms-powerpoint/, /^(pptx?|odp|dps)$/],
  ['document', /wordprocessing|msword|opendocument\.text|\/rtf$/, /^(docx?|odt|rtf|wps)$/],
  ['archive', /\/(zip|gzip|x-(7z|rar|tar))/, /^(zip|rar|7z|tar|t?gz)$/],
  ['mail', /^message\/rfc822$/, /^(eml|msg)$/],
  ['card', /vcard$/, /^vcf$/],
  ['page', /html/, /^html?$/],
  ['text', /^text\/|json|xml/, /^(txt|md|log|json|xml)$/],
] as const

export type FileKind = (typeof kinds)[number][0] | 'other'

/** What a file is: by the ending of its name, else by the type that the server keeps, to which many are text or just bytes. */
export function fileKind(contentType: string, name = ''): FileKind {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const found =
    kinds.find(([, , endings]) => endings.test(ending)) ?? kinds.find(([, type]) => type.test(contentType))
  return found?.[0] ?? 'other'
}
