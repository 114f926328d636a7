/** The fragment of the home page's address that starts the tour. */
export const tourHash = 'tour'
