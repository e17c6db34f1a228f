# Products of a layer's matrices with some rows.

# widths: of what each of the first matrices reads. Returns all results, one after another.
def products(self, rows: int, widths: List[int], ms: List[Matrix]) -> Tensor:
    all = annotate(List[Tensor], [])
    for i in range(torch.len(widths)):
        numbers = torch.sin(torch.mul(torch.arange(1., rows * widths[i] + 1., dtype=6), 2.718281828))
        x = torch.reshape(numbers, [rows, widths[i]])
        _0 = torch.append(all, torch.reshape(self.linear(x, ms[i], None), [-1]))
    return torch.cat(all, 0)
