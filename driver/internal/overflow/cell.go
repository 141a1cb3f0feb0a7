package overflow

import "encoding/binary"

// AppendCell writes bytes, nil apart from empty ones.
func AppendCell(dst, cell []byte) []byte {
	if cell == nil {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(cell))+1), cell...)
}

// CutCell takes what AppendCell wrote from the front of src. The cell is part of src.
func CutCell(src []byte) (cell, rest []byte, err error) {
	size, n := binary.Uvarint(src)
	if n <= 0 || size > uint64(len(src)-n)+1 {
		return nil, nil, errTorn
	}
	src = src[n:]
	if size == 0 {
		return nil, src, nil
	}
	return src[: size-1 : size-1], src[size-1:], nil
}
