/** The fragment of a record's address that opens its timeline, to write down a call. */
export const logHash = 'log'
