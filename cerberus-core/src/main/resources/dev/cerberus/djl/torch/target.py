# The calls of a target model. Rows of all sequences lie one after another; sequences that attend together are one unit.
#
# spans: three numbers a unit, see attention.py. keys: how many keys each unit has to see. trees: what is added to
# the scores of the rows of a sequence among themselves, [rows * rows]; empty for one row, and for a piece of a prompt, of
# which each row sees those before. members: the rows that all slots of a unit are padded to, the lengths of its three lists
# in indices, and two numbers a slot, see attention_groups.py; empty for a sequence by itself.

# Returns what a step leaves of its rows.
def states(self, tokens: List[int], positions: List[int], spans: List[int], keys: List[int], trees: List[List[float]],
           members: List[List[int]], indices: List[int], vs: List[Tensor], ms: List[Matrix], frequencies: Tensor,
           caches: List[List[Tensor]]) -> Tensor:
    device = ops.prim.device(frequencies)
    gathered = torch.tensor(indices, dtype=4, device=device)
    masks = annotate(List[Tensor], [])
    seen = annotate(List[List[Tensor]], [])
    tree = 0
    index = 0
    for u in range(torch.len(keys)):
        stand = torch.slice(positions, spans[3 * u], spans[3 * u + 1], 1)
        unit = members[u]
        views = caches[u]
        if torch.len(unit) == 0:
            own = self.masks(stand, spans[3 * u + 2], keys[u], trees[tree], frequencies)
            tree = tree + 1
        else:
            slots = torch.slice(unit, 4, torch.len(unit), 1)
            own = self.masks_together(slots, unit[0], keys[u], stand, trees, tree, frequencies)
            views = torch.slice(views, 0, torch.len(views), 1)
            lists = annotate(List[Tensor], [])
            for i in range(3):
                _0 = torch.append(lists, torch.slice(gathered, 0, index, index + unit[1 + i]))
                index = index + unit[1 + i]
            together = 0
            for s in range(torch.floordiv(torch.len(slots), 2)):
                if slots[2 * s] > 0:
                    tree = tree + 1
                    together = together + 1
            if together < spans[3 * u + 1] - spans[3 * u]:
                _1 = torch._set_item(views, 0, torch.slice(gathered, 0, 0, 0))
            _2 = torch.append(views, lists[0])
            _3 = torch.append(views, self.places(lists[1], views))
            _4 = torch.append(views, lists[2])
        _5 = torch.append(seen, views)
        for m in range(torch.len(own)):
            _6 = torch.append(masks, own[m])
    ids = torch.tensor(tokens, dtype=4, device=device)
    at = torch.tensor(positions, dtype=4, device=device)
    return self.forward(ids, at, spans, masks, vs, ms, frequencies, seen)

# scored: the rows whose scores are wanted; empty for all. Returns their states, their scores, [rows, vocab], the best
# tokens, [rows], and their scores as float32, [rows].
def step(self, tokens: List[int], positions: List[int], spans: List[int], keys: List[int], trees: List[List[float]],
         members: List[List[int]], indices: List[int], scored: List[int], vs: List[Tensor], ms: List[Matrix],
         frequencies: Tensor, caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    h = self.states(tokens, positions, spans, keys, trees, members, indices, vs, ms, frequencies, caches)
    if torch.len(scored) > 0:
        h = torch.index_select(h, 0, torch.tensor(scored, dtype=4, device=ops.prim.device(h)))
    return self.scores(h, vs, ms)
