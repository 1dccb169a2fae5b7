package filemeta

// fields reads numbers one after the other; bad once there are no more.
type fields struct {
	b   []byte
	bad bool
}

// take reads a number of so many bytes, in big-endian order.
func (f *fields) take(size int) uint64 {
	if len(f.b) < size {
		f.bad, f.b = true, nil
		return 0
	}
	var v uint64
	for _, c := range f.b[:size] {
		v = v<<8 | uint64(c)
	}
	f.b = f.b[size:]
	return v
}

// itemKinds are the kinds of a picture's items by id (ISO/IEC 14496-12, iinf).
func itemKinds(b []byte) (map[uint64]string, bool) {
	f := fields{b: b}
	count := 2
	if f.take(1) > 0 {
		count = 4
	}
	f.take(3)
	f.take(count)
	entries, whole := boxes(f.b)
	out := map[uint64]string{}
	for _, x := range entries {
		e := fields{b: x.body}
		version := e.take(1)
		e.take(3)
		id := e.take(2 + 2*int(min(max(version, 2)-2, 1))) // 2 or 4
		e.take(2)
		if x.kind != "infe" || version < 2 || len(e.b) < 4 {
			return out, false
		}
		out[id] = string(e.b[:4])
	}
	return out, whole && !f.bad
}

// itemPlace is where an item lies: in the file, or in the box idat.
type itemPlace struct {
	method  uint64
	extents [][2]uint64
}

// itemPlaces are the places of a picture's items by id (iloc).
func itemPlaces(b []byte) (map[uint64]itemPlace, bool) {
	f := fields{b: b}
	version := f.take(1)
	f.take(3)
	sizes := f.take(2)
	offset, length, base, index := int(sizes>>12&15), int(sizes>>8&15), int(sizes>>4&15), 0 // four bits each
	if offset+length == 0 {                                                                 // any number of extents would take no room
		return nil, false
	}
	ids := 2
	if version == 2 {
		ids = 4
	}
	if version > 0 {
		index = int(sizes & 15) // four bits
	}
	out := map[uint64]itemPlace{}
	for range f.take(ids) {
		id, p := f.take(ids), itemPlace{}
		if version > 0 {
			p.method = f.take(2) & 15
		}
		f.take(2)
		from := f.take(base)
		for range f.take(2) {
			f.take(index)
			p.extents = append(p.extents, [2]uint64{from + f.take(offset), f.take(length)})
			if f.bad {
				return out, false
			}
		}
		if f.bad {
			return out, false
		}
		out[id] = p
	}
	return out, version <= 2 && !f.bad
}

// read gives an item's bytes; false if it lies elsewhere, or not all in there.
func (p itemPlace) read(file, data []byte) ([]byte, bool) {
	from := file
	if p.method == 1 {
		from = data
	}
	var out []byte
	for _, e := range p.extents {
		at, size := e[0], e[1]
		if at > uint64(len(from)) || size > uint64(len(from))-at || uint64(len(out))+size > maxPart {
			return nil, false
		}
		if size == 0 { // to the end
			size = min(uint64(len(from))-at, maxPart)
		}
		out = append(out, from[at:at+size]...)
	}
	return out, p.method <= 1 && len(p.extents) > 0
}
