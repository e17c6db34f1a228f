# The calls of a target model whose sequences share a pool of keys and values. Rows of trees come first, those of pieces of
# prompts after them, each sequence's one after another.
#
# numbers: what the device has to know, all in one list, so that it goes up in one copy:
#   tokens [rows], positions [rows], places [rows]: the rows of the pool that keys and values are written to,
#   starts [trees + 1]: the first query row of each tree, and their number,
#   regions [trees + 1]: the first row of the pool of each tree's sequence, and the end of the last one's,
#   used [trees]: how many rows of the pool from there on each tree sees besides its own,
#   seen [padded rows * words]: for each row of a tree the bits of the rows that it sees, 32 to a word,
#   taken [padded rows] and laid [tree rows]: where padded rows come from and where they go; both empty where every tree has
#   as many rows as the largest,
#   scored: the rows whose scores are wanted; empty for all,
#   sampled: what sampled.py has to know of the rows that are sampled.
# layout: the numbers of rows, of trees, of rows of trees, of rows of the largest tree, and of rows of the pool that the
# longest sequence of a tree sees; whether a tree stands behind nothing (1); of the first tree's sequence its first row of the
# pool and how many tokens the tree stands behind; then four numbers a piece: its first row, the row after its last, and the
# same two.

# Returns what a step leaves of its rows, and the numbers on the device.
def ran(self, numbers: List[int], layout: List[int], vs: List[Tensor], ms: List[Matrix], frequencies: Tensor,
        pool: List[Tensor]) -> Tuple[Tensor, Tensor]:
    rows = layout[0]
    trees = layout[1]
    device = ops.prim.device(frequencies)
    all = torch.to(torch.tensor(numbers, dtype=4), device)
    narrow = torch.to(torch.slice(all, 0, 3 * rows, 3 * rows + 3 * trees + 2), 3)
    tensors = [torch.slice(all, 0, 2 * rows, 3 * rows), torch.slice(narrow, 0, 0, trees + 1),
               torch.slice(narrow, 0, trees + 1, 2 * trees + 2), torch.slice(narrow, 0, 2 * trees + 2)]
    if layout[3] > 1:
        padded = trees * layout[3]
        at = 3 * rows + 3 * trees + 2
        end = at + padded * self.words(layout[3])
        _0 = torch.append(tensors, self.biases(torch.slice(all, 0, at, end), trees, layout[3], self.before(layout)))
        if padded > layout[2]:
            _1 = torch.append(tensors, torch.slice(all, 0, end, end + padded))
            _2 = torch.append(tensors, torch.slice(all, 0, end + padded, end + padded + layout[2]))
    h = self.forward(torch.slice(all, 0, 0, rows), torch.slice(all, 0, rows, 2 * rows), layout, tensors, vs, ms, frequencies,
                     [pool])
    return (h, all)

def states(self, numbers: List[int], layout: List[int], vs: List[Tensor], ms: List[Matrix], frequencies: Tensor,
           pool: List[Tensor]) -> Tensor:
    h, all, = self.ran(numbers, layout, vs, ms, frequencies, pool)
    return h

# scored: how many rows' scores are wanted. samples: how many of them are sampled. filters: see sampled.py. Returns their states, their scores, [rows,
# vocab], and as float32, in one list, the best tokens and their scores, the sampled tokens and their leads.
def step(self, numbers: List[int], layout: List[int], scored: int, samples: int, filters: List[int], vs: List[Tensor],
         ms: List[Matrix], frequencies: Tensor, pool: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    h, all, = self.ran(numbers, layout, vs, ms, frequencies, pool)
    at = torch.len(numbers) - 9 * samples
    if scored < layout[0]:
        h = torch.index_select(h, 0, torch.slice(all, 0, at - scored, at))
    h, logits, best, highest, = self.scores(h, vs, ms)
    found = [torch.to(best, 6), highest]
    if samples > 0:
        tokens, leads, = self.sampled(logits, highest, torch.slice(all, 0, at), filters)
        _0 = torch.append(found, torch.to(tokens, 6))
        _1 = torch.append(found, torch.to(leads, 6))
    return (h, logits, torch.cat(found, 0))
