// Verifies an exported audit log with the packages by which Go verifies its own checksum database. It shares no code with Guanxi.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go DIR KEY
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The height of the tiles, and how many hashes a full one has.
const (
	height = 8
	width  = 1 << height
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify DIR KEY")
		os.Exit(2)
	}
	size, err := verify(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "does NOT verify:", err)
		os.Exit(1)
	}
	fmt.Println("verifies:", size, "entries")
}

func verify(dir, key string) (int64, error) {
	tree, err := checkpoint(dir, key)
	if err != nil {
		return 0, err
	}
	var stored hashes
	for bundle := int64(0); bundle*width < tree.N; bundle++ {
		entries, err := readBundle(dir, bundle, min(tree.N-bundle*width, width))
		if err != nil {
			return 0, err
		}
		for i, entry := range entries {
			if !json.Valid(entry) {
				return 0, fmt.Errorf("entry %d is no JSON", bundle*width+int64(i))
			}
			grown, err := tlog.StoredHashes(bundle*width+int64(i), entry, stored)
			if err != nil {
				return 0, err
			}
			stored = append(stored, grown...)
		}
	}
	root, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, fmt.Errorf("the entries do not make the root of the checkpoint")
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		if tile.W < width && int64(tile.W) != (tree.N>>(height*tile.L))%width {
			continue // As it was while the tree was smaller.
		}
		expected, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return 0, err
		}
		served, err := tiles{dir}.read(tile)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(expected, served) {
			return 0, fmt.Errorf("tile %d of level %d does not have the hashes of the entries", tile.N, tile.L)
		}
	}
	return tree.N, proofs(dir, tree, stored)
}

// The tree of the signed checkpoint.
func checkpoint(dir, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, signature := range opened.Sigs {
		// Open reads base64 whose unused last bits are not zero; a signature has one spelling here.
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return tlog.Tree{}, fmt.Errorf("the signature of %s: %w", signature.Name, err)
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not of the log %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 {
		return tlog.Tree{}, fmt.Errorf("the checkpoint has no size")
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// Inclusion of some records by the tiles alone, as a client would ask for it.
func proofs(dir string, tree tlog.Tree, stored hashes) error {
	reader := tlog.TileHashReader(tree, tiles{dir})
	for _, record := range []int64{0, tree.N / 3, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, record, reader)
		if err != nil {
			return err
		}
		leaf := stored[tlog.StoredHashIndex(0, record)]
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, record, leaf); err != nil {
			return err
		}
	}
	return nil
}

// All hashes of the tree, in the order in which tlog stores them.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		if index >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d is not there yet", index)
		}
		out = append(out, h[index])
	}
	return out, nil
}

// The tiles of a folder, under the paths of C2SP tlog-tiles.
type tiles struct{ dir string }

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, 0, len(wanted))
	for _, tile := range wanted {
		data, err := t.read(tile)
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) read(tile tlog.Tile) ([]byte, error) {
	return readFile(t.dir, strconv.Itoa(tile.L), tile.N, int64(tile.W))
}

// Entries, each after its length in two bytes.
func readBundle(dir string, n, count int64) ([][]byte, error) {
	rest, err := readFile(dir, "entries", n, count)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("bundle %d is cut off", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		entries, rest = append(entries, rest[2:end]), rest[end:]
	}
	if int64(len(entries)) != count {
		return nil, fmt.Errorf("bundle %d has %d entries instead of %d", n, len(entries), count)
	}
	return entries, nil
}

func readFile(dir, level string, n, count int64) ([]byte, error) {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if count < width {
		path += ".p/" + strconv.FormatInt(count, 10)
	}
	return os.ReadFile(filepath.Join(dir, "tile", level, filepath.FromSlash(path)))
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
