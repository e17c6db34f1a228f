# The calls of a target model with one sequence. Each returns the states of the rows asked for, their scores, [rows,
# vocab], the best tokens, [rows], and their scores as float32, [rows].

def prefill(self, tokens: List[int], start: int, keys: int, vs: List[Tensor], ms: List[Matrix], frequencies: Tensor,
            caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    rows = torch.len(tokens)
    positions = annotate(List[int], [])
    for i in range(rows):
        _0 = torch.append(positions, start + i)
    mask = self.mask(rows, start, keys, annotate(List[float], []), frequencies)
    h = self.forward(tokens, positions, [0, rows, start], [mask], vs, ms, frequencies, caches)
    return self.scores(torch.slice(h, 0, rows - 1), vs, ms)

def step(self, tokens: List[int], positions: List[int], start: int, keys: int, tree: List[float], vs: List[Tensor],
         ms: List[Matrix], frequencies: Tensor, caches: List[List[Tensor]]) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    rows = torch.len(tokens)
    mask = self.mask(rows, start, keys, tree, frequencies)
    h = self.forward(tokens, positions, [0, rows, start], [mask], vs, ms, frequencies, caches)
    return self.scores(h, vs, ms)
