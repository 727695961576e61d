package sandbox

import "math/bits"

// roster keeps items in the order in which they were added. It finds the n-th of those that were
// not removed in O(log n), so that a list page is found without counting the others. It is a
// Fenwick tree over the items' places.
type roster[T any] struct {
	items []*T  // by place; nil for a removed item
	tree  []int // tree[i-1] is the number of items at the i&-i places that end with place i-1
	alive int
}

// add appends an item and returns its place, which never changes.
func (r *roster[T]) add(item *T) (place int) {
	r.items = append(r.items, item)
	r.alive++
	n := len(r.items)
	count := 1
	for i := n - 1; i > n-n&-n; i -= i & -i {
		count += r.tree[i-1]
	}
	r.tree = append(r.tree, count)
	return n - 1
}

func (r *roster[T]) at(place int) *T        { return r.items[place] }
func (r *roster[T]) put(place int, item *T) { r.items[place] = item }

func (r *roster[T]) remove(place int) {
	r.items[place] = nil
	r.alive--
	for i := place + 1; i <= len(r.tree); i += i & -i {
		r.tree[i-1]--
	}
}

// nth returns the item that has n others before it.
func (r *roster[T]) nth(n int) *T {
	place := 0
	for step := 1 << max(0, bits.Len(uint(len(r.tree)))-1); step > 0; step /= 2 {
		if next := place + step; next <= len(r.tree) && r.tree[next-1] <= n {
			place = next
			n -= r.tree[next-1]
		}
	}
	return r.items[place]
}

// slice returns up to count items from the n-th on, the oldest or the newest first.
func (r *roster[T]) slice(n, count int, newestFirst bool) []*T {
	items := []*T{}
	for ; count > 0 && n < r.alive; n, count = n+1, count-1 {
		if newestFirst {
			items = append(items, r.nth(r.alive-1-n))
		} else {
			items = append(items, r.nth(n))
		}
	}
	return items
}

// all returns the items, the oldest first.
func (r *roster[T]) all() []*T {
	items := make([]*T, 0, r.alive)
	for _, item := range r.items {
		if item != nil {
			items = append(items, item)
		}
	}
	return items
}
