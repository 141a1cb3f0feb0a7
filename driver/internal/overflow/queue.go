package overflow

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// Limit is how many bytes of rows stay in memory.
const Limit = 4 << 20

// Codec tells how rows are written to a file.
type Codec[R any] struct {
	// Size is about how many bytes a row takes in memory.
	Size func(R) int
	// Append writes a row behind dst, Read takes it from the front of what Append wrote.
	Append func(dst []byte, row R) []byte
	Read   func(src []byte) (R, error)
}

// Queue holds rows in order: all are put in before the first is taken out. The zero value
// with a codec is empty. It belongs to one goroutine at a time; Close removes its file.
type Queue[R any] struct {
	Codec  *Codec[R]
	memory []R
	bytes  int
	file   *os.File
	w      *bufio.Writer
	r      *bufio.Reader
	text   []byte
}

// Put appends a row, which the queue keeps.
func (q *Queue[R]) Put(row R) error {
	if q.file == nil {
		q.bytes += q.Codec.Size(row)
		if q.bytes <= Limit {
			q.memory = append(q.memory, row)
			return nil
		}
		if err := q.open(); err != nil {
			return err
		}
	}
	q.text = q.Codec.Append(q.text[:0], row)
	var size [binary.MaxVarintLen64]byte
	if _, err := q.w.Write(size[:binary.PutUvarint(size[:], uint64(len(q.text)))]); err != nil {
		return err
	}
	_, err := q.w.Write(q.text)
	return err
}

// open makes the file. Where the system lets a file go that is open, it has no name from
// then on, and is gone with the process.
func (q *Queue[R]) open() (err error) {
	if q.file, err = os.CreateTemp("", "weft-rows-*"); err != nil {
		return err
	}
	_ = os.Remove(q.file.Name())
	q.w = bufio.NewWriterSize(q.file, 64<<10)
	return nil
}

// Next takes the first row out; ok is false when there is none.
func (q *Queue[R]) Next() (row R, ok bool, err error) {
	if len(q.memory) > 0 {
		var none R
		row, q.memory[0] = q.memory[0], none
		q.memory = q.memory[1:]
		return row, true, nil
	}
	if q.file == nil {
		return row, false, nil
	}
	if q.r == nil {
		if err := q.w.Flush(); err != nil {
			return row, false, err
		}
		if _, err := q.file.Seek(0, io.SeekStart); err != nil {
			return row, false, err
		}
		q.r = bufio.NewReaderSize(q.file, 64<<10)
	}
	size, err := binary.ReadUvarint(q.r)
	if errors.Is(err, io.EOF) {
		return row, false, q.Close()
	}
	if err != nil {
		return row, false, err
	}
	if uint64(cap(q.text)) < size {
		q.text = make([]byte, size)
	}
	q.text = q.text[:size]
	if _, err := io.ReadFull(q.r, q.text); err != nil {
		return row, false, err
	}
	row, err = q.Codec.Read(q.text)
	return row, err == nil, err
}

// Close forgets what is left.
func (q *Queue[R]) Close() error {
	q.memory = nil
	if q.file == nil {
		return nil
	}
	file := q.file
	q.file, q.w, q.r = nil, nil, nil
	_ = os.Remove(file.Name()) // where it could not be removed while it was open
	return file.Close()
}
