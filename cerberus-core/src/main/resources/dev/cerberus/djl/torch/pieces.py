# Views of numbers, [rows, width], of which libtorch gives each to one thread as a whole. The last numbers of a thread's share
# that fill no vector are computed by other instructions, whose results differ in the last bit in silu, in powers of two and in
# products of complex numbers; where shares end depends on the number of rows and of threads.
def pieces(self, x: Tensor) -> List[Tensor]:
    all = annotate(List[Tensor], [])
    width = torch.size(x, 1)
    columns = ops.prim.min(width, self.ONE_SHARE())
    rows = torch.floordiv(self.ONE_SHARE(), columns)
    for i in range(torch.floordiv(torch.size(x, 0) + rows - 1, rows)):
        band = torch.slice(x, 0, i * rows, (i + 1) * rows)
        for j in range(torch.floordiv(width + columns - 1, columns)):
            _0 = torch.append(all, torch.slice(band, 1, j * columns, (j + 1) * columns))
    return all
