// A record that was found: its name with what was looked for marked, and where else it was found.
import type { SearchHit, SearchPiece } from '../../api/types.ts'

function Pieces({ pieces }: { pieces: SearchPiece[] }) {
  return pieces.map((piece, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name
    piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text,
  )
}

export function Hit({ hit }: { hit: SearchHit }) {
  return (
    <span className="hit">
      <span className="hit-name">
        <Pieces pieces={hit.name_pieces} />
      </span>
      {(hit.detail || hit.highlight) && (
        <span className="hit-detail">
          {hit.detail}
          {hit.highlight && (
            <span>
              {hit.detail ? ' · ' : ''}
              {hit.highlight.label}: <Pieces pieces={hit.highlight.pieces} />
            </span>
          )}
        </span>
      )}
    </span>
  )
}
