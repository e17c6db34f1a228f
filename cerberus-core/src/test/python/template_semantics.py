"""Writes semantics.json: small templates and what Python's jinja2 3.1.6 makes of them.

Needs jinja2; nothing in the build runs this. The environment is that of transformers'
chat templates. Usage: python template_semantics.py OUTPUT
"""
import datetime
import json
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = {
    "s": "hello", "text": "The quick brown fox\njumps over\n\nthe lazy dog", "empty": "", "n": 7, "f": 2.5, "zero": 0,
    "yes": True, "no": False, "nil": None, "l": [3, 1, 2], "words": ["pear", "Apple", "fig", "apple"],
    "d": {"b": 1, "a": 2, "C": 3}, "nested": {"a": {"b": [1, {"c": "deep"}]}, "items": "own", "x y": 5},
    "people": [{"name": "Ada", "age": 36, "city": {"name": "London"}}, {"name": "bob", "age": 7, "city": {"name": "Paris"}},
               {"name": "Cy", "age": 36, "city": {"name": "london"}}],
    "uni": "aé😀日本", "quote": "it's \"x\"", "big": 12345678901234567890,
    "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi <b>"},
                 {"role": "assistant", "content": None, "tool_calls": [
                     {"id": "1", "function": {"name": "f", "arguments": {"x": None, "y": [1, 2.5, "é"]}}}]}],
    "tree": [{"n": 1, "kids": [{"n": 2, "kids": []}, {"n": 3, "kids": [{"n": 4, "kids": []}]}]}, {"n": 5, "kids": []}],
}

# Each line is an expression in braces of its own; a template where it begins with {% or '.
EXPRESSIONS = r"""
none
nil
[none, true, false]
none|string
'a' ~ none ~ 1 ~ 2.0 ~ true ~ missing
none|default('x')
none|default('x', true)
missing|default('x')
''|default('x')
''|default('x', true)
missing|d
nil is none
missing is none
missing is defined
nil is defined
missing == missing2
missing == none
missing
missing|list
missing|length
missing|upper
missing|join(',')
missing|tojson
missing|int
missing|float
missing|string
missing|sum
missing|first
missing|last
missing|reverse|list
missing|sort
missing|unique|list
missing|map('upper')|list
missing|items|list
missing|dictsort
missing|trim
missing|abs
missing|round
missing + 1
1 + missing
'x' + missing
missing ~ 'x'
missing < 1
-missing
missing.x
missing['x']
missing()
missing[0:1]
missing * 2
'x' * missing
1 in missing
missing in [1]
missing in 'abc'
[missing]
{'a': missing}
missing is iterable
missing is sequence
missing is mapping
missing is callable
missing is number
not missing
missing or 'x'
missing and 'x'
d.missing
d.missing.deeper
d['missing']
s.missing
n.missing
nil.x
nil['x']
nil.x.y
l[99]
l[99].x
l['x']
l.x
'abc'[9]
1 + 2
1 + 2.5
7 - 10
7 * 6
7 / 2
8 / 2
7 // 2
-7 // 2
7 // -2
-7 % 3
7 % -3
7.5 // 2
-7.5 // 2
7.5 % 2
-7.5 % 2
2 ** 10
2 ** -1
2 ** 0.5
2 ** 3 ** 2
(-2) ** 3
-2 ** 2
0 ** 0
1 / 0
1 // 0
1 % 0
1.0 / 0
2 ** 100
2 ** 64 - 1
9223372036854775807 + 1
9223372036854775807 * 9223372036854775807
-9223372036854775807 - 2
9223372036854775808 - 1
-9223372036854775808 // -1
big + 1
big // 7
big % 7
big / 7
big * 1.0
big == 12345678901234567890
big > 1e19
9007199254740993 == 9007199254740992.0
9007199254740993 > 9007199254740992.0
1 == 1.0
true == 1
true + true
true + 0.5
'a' == 'a'
'a' + 'b'
'ab' * 3
3 * 'ab'
'ab' * -1
'ab' * 0
'ab' * true
[1, 2] * 2
2 * [1, 2]
(1, 2) * 2
[1] + [2, 3]
(1,) + (2,)
[1] + (2,)
(1,) + [2]
'a' + 1
1 + 'a'
[1] + 'a'
{} + {}
none + 1
1 - 'a'
'a' - 'b'
'a' * 'b'
'a' / 2
[1] * 1.5
-'a'
+5
-true
- - 5
not not 1
1 < 2 < 3
1 < 3 < 2
1 < 2 > 1
1 == 1.0 == true
3 > 2 >= 2 != 1
'a' < 'b'
'a' < 'B'
'Z' < 'a'
'😀' > '\uffff'
'a' < 1
[1, 2] < [1, 3]
[1, 2] < [1, 2, 0]
(1, 2) < (1, 3)
[1] < (1,)
none < 1
{} < {}
true < 2
1 in [1, 2]
1.0 in [1, 2]
'a' in 'abc'
'' in 'abc'
1 in 'abc'
'a' in {'a': 1}
'a' not in {'a': 1}
1 in (1, 2)
'b' in {'a': 1}.keys()
1 in {'a': 1}.values()
('a', 1) in {'a': 1}.items()
1 in 5
[1] in {'a': 1}
3 in range(5)
1 and 2
0 and 2
0 or 'x'
[] or {} or 0
1 if true else 2
1 if false else 2
1 if false
(1 if false) is defined
'a' if 0 else 'b' if 0 else 'c'
1 if true if false else 3
not 1 == 2
not 'a' in 'abc'
not none is none
1.0
1.5
100.0
1e15
1e16
123456789012345680.0
1e100
1e-4
1e-5
0.00001234
0.1 + 0.2
1/3
2/3
1e22
5e-324
1.7976931348623157e308
1e309
-1e309
1e309 - 1e309
-0.0
0.1
100000000000000000000.5
4.35
2.675
3.0e0
1_000
0x1F
0b101
0o17
1_0.5
1e3
1E+3
12.
.5
[1.0, 2, 'x', none, true, (1,), (), {}, {'a': 'b'}, {1: 2, 'k': [1]}]
"it's"
["it's", 'say "x"', 'both \' and "', 'new\nline', 'tab\t', 'back\\slash', '\x00\x7f\xa0', 'é', '😀', '\u200b', '\ue000']
'\x41\u00e9\U0001F600\101\0'
'\q\d'
"a" 'b' "c"
'\n\r\t\a\b\f\v'|tojson
'a'|list
'abc'[0]
'abc'[-1]
'abc'[1:]
'abc'[::-1]
'abcdef'[::2]
'abcdef'[4:1:-1]
'abcdef'[-3:-1]
'abcdef'[10:]
'abcdef'[:10]
'abcdef'[2:1]
'abcdef'[::0]
'abcdef'[1:3:none]
l[0]
l[-1]
l[:2]
l[::-1]
l[5:]
l[true]
(1, 2, 3)[1:]
(1, 2, 3)[0]
range(5)[1:3]|list
range(5)[-1]
{'a': 1}['a':]
uni|length
uni[1]
uni[2]
uni[-1]
uni[1:3]
uni[::-1]
uni|list
uni.find('日')
uni.index('本')
uni|upper
uni|reverse
uni.center(9, '*')
uni|truncate(3, true, '', 0)
'%5s|' % '😀'
'😀'|tojson
'😀'|tojson(ensure_ascii=true)
d
d.a
d['a']
d.items()
d.keys()
d.values()
d.items()|list
d|list
d|length
d.get('a')
d.get('z')
d.get('z', 'q')
d.get()
d.copy()
d.pop('a')
d.update({})
d.clear()
d.setdefault('a', 1)
l.append(1)
l.sort()
l.reverse()
l.pop()
l.extend([1])
l.insert(0, 1)
l.index(2)
l.index(99)
l.count(1)
l.copy()
l.append is defined
d.items is defined
d.pop is defined
(1, 2, 1).count(1)
(1, 2).index(2)
nested['items']
nested.items()|list|length
nested.a.b[1].c
nested['a']['b'][0]
nested['x y']
nested.a.b.1.c
d.items|string is string
s.__class__
s._x
s['__class__']
d._x
{'_x': 1}._x
{1: 'a'}[1]
{1: 'a'}[1.0]
{1: 'a'}[true]
{1: 'a', 1.0: 'b', true: 'c'}
{(1, 2): 'a'}[(1, 2)]
{[1]: 2}
{'a': 1, 'a': 2}
{'a': 1} == {'a': 1.0}
{'a': 1, 'b': 2} == {'b': 2, 'a': 1}
[1, [2]] == [1, [2]]
[1] == (1,)
(1, 2) == (1, 2)
dict(a=1, b=none)
dict([('a', 1), ('b', 2)])
dict({'a': 1}, b=2)
dict([['a', 1]])
dict([1])
dict(d.items()) == d
dict(**{'x': 1})
s.upper()
s.lower()
s.title()
s.capitalize()
'hELLO wORLD'.swapcase()
"it's a dog's-life 3rd".title()
"it's a dog's-life (3rd) <x>"|title
'hELLO wORLD'|capitalize
'ß'.upper()
'ǆ'.title()
'ﬁx'.capitalize()
'İ'.lower()|length
'ΑΣ'.lower()
'ß'.casefold()
' \t\n\u00a0\u3000x \x1f'.strip()
'xxhixx'.strip('x')
'xyhiyx'.lstrip('xy')
'xyhiyx'.rstrip('xy')
' a '.lstrip()
' a '.rstrip()
' a '.strip(none)
'abc'.strip('')
'a,b,,c'.split(',')
'a,b,,c'.split(',', 2)
'a,b,,c'.rsplit(',', 1)
'a,b,c'.split(',', 0)
'a,b,c'.split(',', -1)
' a  b c '.split()
' a  b c '.split(none, 1)
' a  b c '.rsplit(none, 1)
' a  b c '.split(maxsplit=1)
''.split()
''.split(',')
'abc'.split('')
'abc'.split(sep='b')
'abc'.split(1)
'a</think>b</think>c'.split('</think>')[-1].lstrip('\n')
'a\nb\r\nc\rd\x0be\u2028f'.splitlines()
'a\nb\n'.splitlines(true)
''.splitlines()
'a-b-c'.partition('-')
'a-b-c'.rpartition('-')
'abc'.partition('-')
'abc'.rpartition('-')
'abcabc'.replace('b', 'X')
'abcabc'.replace('b', 'X', 1)
'abc'.replace('', '-')
'abc'.replace('', '-', 2)
'abc'.replace('b', '')
'abc'.replace('z', 'y')
'aaa'.replace('aa', 'b')
'abc'.replace(1, 2)
'abc'.startswith('a')
'abc'.startswith(('x', 'ab'))
'abc'.startswith(['a'])
'abc'.startswith('b', 1)
'abc'.startswith('b', 1, 1)
'abc'.startswith('')
'abc'.startswith('', 4)
'abc'.endswith('bc')
'abc'.endswith(('x', 'c'))
'abc'.endswith('b', 0, 2)
'abc'.startswith(1)
'abcabc'.find('c')
'abcabc'.find('c', 3)
'abcabc'.find('z')
'abcabc'.rfind('c')
'abcabc'.rfind('')
'abcabc'.find('', 6)
'abcabc'.find('', 7)
'abcabc'.index('z')
'abcabc'.count('bc')
'aaaa'.count('aa')
'abc'.count('')
'abcabc'.count('c', 3)
','.join(['a', 'b'])
','.join([1])
','.join('abc')
','.join({'x': 1})
','.join([])
'5'.zfill(3)
'-5'.zfill(4)
'+5'.zfill(4)
'abc'.zfill(2)
'ab'.center(5, '*')
'ab'.center(6)~'|'
'abc'.center(6, '*')
'ab'.ljust(4, '.')
'ab'.rjust(4, '.')
'ab'.ljust(4, 'xy')
'a\tb'.expandtabs()
'a\tb'.expandtabs(4)
'prefix-x'.removeprefix('prefix-')
'x-suffix'.removesuffix('-suffix')
'12'.isdigit()
'1.2'.isdigit()
'²'.isdigit()
'½'.isdigit()
'½'.isnumeric()
'²'.isdecimal()
'٣'.isdecimal()
''.isdigit()
'abc'.isalpha()
'ab1'.isalpha()
'ab1'.isalnum()
' \n'.isspace()
'Ab C'.istitle()
'ABC1'.isupper()
'abc1'.islower()
'1'.islower()
'a_1'.isidentifier()
'1a'.isidentifier()
'abc'.isascii()
'é'.isascii()
'a\n'.isprintable()
'{} {}'.format(1, 'a')
'{0} {1} {0}'.format(1, 'a')
'{a} {b!r}'.format(a=1, b='x')
'{{}} {}'.format(1)
'{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c')
'{:*^7}'.format('x')
'{:05d}'.format(42)
'{:+d} {: d}'.format(42, 42)
'{:,}'.format(1234567)
'{:_}'.format(1234567)
'{:,.2f}'.format(1234567.891)
'{:.3f}'.format(3.14159)
'{:.0f}'.format(2.5)
'{:e}'.format(12345.678)
'{:.2e}'.format(0)
'{:g}'.format(12345678.9)
'{:g}'.format(0.0001)
'{:g}'.format(100000)
'{:.3g}'.format(1234.5)
'{:%}'.format(0.25)
'{:.1%}'.format(0.256)
'{:x} {:X} {:#x} {:b} {:o} {:c}'.format(255, 255, 255, 5, 8, 65)
'{:08.3f}'.format(-3.14159)
'{:.2}'.format('abc')
'{:10.2}|'.format('abc')
'{:5}|'.format(3.0)
'{:.3}'.format(3.14159)
'{:5}|'.format(true)
'{}'.format(none)
'{:5}'.format(none)
'{:s}'.format(1)
'{:d}'.format('a')
'{:d}'.format(1.5)
'{0[a]} {0.b}'.format({'a': 1, 'b': 2})
'{0[1]}'.format([1, 2])
'{:{}}|'.format('a', 4)
'{:{w}.{p}f}'.format(3.14159, w=8, p=2)
'{'.format()
'}'.format()
'{}'.format()
'{a}'.format()
'{0} {}'.format(1)
'{a}'.format_map({'a': 5})
'%s and %s' % ('a', 1)
'%s' % 'a'
'%s' % none
'%s' % [1]
'%s' % missing
'%r' % 'a'
'%d' % 3.7
'%d' % '3'
'%5d|%-5d|%05d|%+d' % (1, 2, 3, 4)
'%x %X %o %#x' % (255, 255, 8, 255)
'%f %.2f %e %g' % (1.5, 1.005, 1234.5, 0.00001)
'%c%c' % ('a', 98)
'%%' % ()
'%s %s' % ('a',)
'%s' % ('a', 'b')
'x' % []
'x' % {}
'x' % 1
'%(a)s %(b)d' % {'a': 1, 'b': 2}
'%(z)s' % {'a': 1}
'%(a)s' % 1
'%*d' % (5, 1)
'%.3s|%5.1s|' % ('abcdef', 'xyz')
'%y' % 1
'%' % 1
'%i' % true
'%5.3d|' % 7
'%s %s'|format('a', 'b')
'%(x)s'|format(x=1)
'%s'|format
d|tojson
messages|tojson
messages|tojson(indent=2)
messages|tojson(indent=0)
messages|tojson(indent='--')
messages|tojson(2)
[]|tojson(indent=2)
[[], {}]|tojson(indent=2)
(1, 2)|tojson
{1: 2, none: 3, true: 4, 1.5: 5}|tojson
{'b': 1, 'a': {'d': 1, 'c': 2}}|tojson(sort_keys=true)
{'b': 1, 1: 2}|tojson(sort_keys=true)
{'a': [1, 2]}|tojson(separators=(',', ':'))
{'a': [1, 2]}|tojson(separators=[', ', ' = '], indent=1)
'<>&\'"é\u2028\x7f\x01'|tojson
'é\x7f'|tojson(ensure_ascii=true)
[1.0, 1e16, 1e-7, 1e309, 0.1]|tojson
range(3)|tojson
d.items()|tojson
namespace()|tojson
l|map('string')|tojson
{(1, 2): 3}|tojson
big|tojson
none|tojson
true|tojson
l|sort
l|sort(reverse=true)
words|sort
words|sort(case_sensitive=true)
people|sort(attribute='age')|map(attribute='name')|join(',')
people|sort(attribute='age,name')|map(attribute='name')|join(',')
people|sort(attribute='city.name', reverse=true)|map(attribute='name')|join(',')
[1, 'a']|sort
[none, 1]|sort
[[2, 1], [1, 3]]|sort
[]|sort
'bca'|sort
d|dictsort
d|dictsort(true)
d|dictsort(false, 'value')
d|dictsort(by='value', reverse=true)
d|dictsort(by='x')
l|dictsort
words|unique|list
words|unique(true)|list
people|unique(attribute='age')|map(attribute='name')|list
[1, 1.0, true, '1']|unique|list
[[1], [1]]|unique|list
people|groupby('age')
people|groupby('age')|map('first')|list
people|groupby('city.name')|map(attribute='grouper')|list
people|groupby('city.name', case_sensitive=true)|map(attribute='grouper')|list
people|groupby('zip', default='?')|map(attribute='list')|map('length')|list
people|groupby('zip')|list
[1, 2, 3, 4, 5]|batch(2)|list
[1, 2, 3, 4, 5]|batch(2, '-')|list
[1, 2, 3, 4, 5]|slice(2)|list
[1, 2, 3, 4, 5]|slice(3, '-')|list
[]|batch(2)|list
[]|slice(2)|list
[1]|slice(0)|list
[1, 2, 3]|sum
[1, 2.5]|sum
[]|sum
people|sum(attribute='age')
[[1], [2]]|sum(start=[])
['a']|sum
[1]|sum(start=10)
['a']|sum(start='')
l|min
l|max
words|min
words|max
words|max(true)
people|max(attribute='age')
people|min(attribute='name')
[]|max
[1, 'a']|max
'hello'|max
l|first
l|last
[]|first
[]|last
''|first
'abc'|first
'abc'|last
d|first
d|last
5|first
none|first
range(3)|last
l|map('string')|first
l|map('string')|last
'abc'|reverse
l|reverse|list
d|reverse|list
5|reverse
l|select('odd')|list
l|reject('odd')|list
l|select|list
[0, 1, '', 'a', none]|select|list
[0, 1, '', 'a', none]|reject|list
l|select('>', 1)|list
l|select('gt', 1)|list
l|select('in', [1, 2])|list
l|select('divisibleby', 3)|list
l|select('nosuch')|list
people|selectattr('age', 'equalto', 36)|map(attribute='name')|list
people|selectattr('age', '>', 10)|map(attribute='name')|list
people|selectattr('city')|list|length
people|selectattr('zip')|list
people|selectattr('zip', 'defined')|list
people|selectattr('zip', 'undefined')|list|length
people|rejectattr('age', '==', 36)|map(attribute='name')|list
people|rejectattr('zip')|list|length
people|selectattr('city.name', 'eq', 'Paris')|map(attribute='name')|join
people|selectattr()|list
people|map(attribute='city.name')|list
people|map(attribute='zip', default='-')|list
people|map(attribute='zip')|list
people|map(attribute='age')|sum
words|map('upper')|list
words|map('replace', 'p', 'P')|join('|')
words|map('length')|list
words|map('nosuch')|list
words|map()|list
words|map(foo='x')|list
[[1, 2], [3]]|map('first')|list
[[1, 2], [3]]|map(attribute=0)|list
[[1, 2], [3]]|map(attribute='0')|list
none|map('upper')|list
5|map('upper')|list
(l|map('string'))|length
l|map('string') is iterable
l|map('string') is sequence
l|select('equalto', 99)|list or 'none'
'yes' if l|select('equalto', 99) else 'no'
'yes' if [] else 'no'
(l|map('string'))[0]
(l|map('string')) + ['x']
l|join
l|join(', ')
l|join('-', attribute='x')
people|join(', ', attribute='name')
[none, true, 1.0]|join(' ')
'abc'|join('-')
5|join
none|join
d|join(',')
d.values()|join(',')
l|length
d|count
5|length
none|length
'  x '|trim
'xxaxx'|trim('x')
5|trim
5|upper
none|upper
true|lower
'a b'|replace(' ', '_')
5|replace(5, 6)
'aaa'|replace('a', 'b', 2)
none|replace('N', 'n')
s|string|upper
text|indent
text|indent(2)
text|indent(2, true)
text|indent(2, blank=true)
text|indent('> ', first=true, blank=true)
''|indent
''|indent(first=true)
'a\n'|indent
5|indent
text|wordcount
'a-b c_d é1'|wordcount
text|truncate(12)
text|truncate(12, true)
text|truncate(12, false, '…')
text|truncate(12, leeway=0)
'short'|truncate(3, leeway=5)
'abcdefghij'|truncate(2)
5|truncate
'ab'|center(6)~'|'
'42'|int
' 42 '|int
'4.7'|int
'x'|int
'x'|int(5)
'ff'|int(base=16)
'0xff'|int(base=16)
'0b11'|int(0, 2)
'1_000'|int
'１２'|int
'-3'|int
'1e3'|int
'inf'|int
'nan'|int(9)
4.9|int
-4.9|int
true|int
none|int
none|int('q')
[]|int
1e309|int
'1.5'|float
'x'|float
'x'|float(none)
5|float
none|float
'inf'|float
'-Infinity'|float
'nan'|float
' 1e3 '|float
'1_0.5'|float
2.567|round(2)
2.5|round
3.5|round
-2.5|round
2.675|round(2)
5|round
5|round(2)
1234|round(-2)
1250|round(-2)
2.1|round(0, 'ceil')
2.9|round(0, 'floor')
2.123|round(2, 'ceil')
5|round(1, 'floor')
'x'|round
none|round
2.5|round(method='x')
-5|abs
-2.5|abs
true|abs
'x'|abs
1|filesizeformat
500|filesizeformat
13000|filesizeformat
4100000000|filesizeformat
1024|filesizeformat(true)
'1500'|filesizeformat
d|items|list
missing|items|list
l|items|list
none|items|list
'<a href="x">\'&</a>'|escape
'<'|e
'a b&c/d?é=1'|urlencode
{'a b': 'c&d', 'e': 1}|urlencode
[('a', 1), ('b', '/')]|urlencode
5|urlencode
d|attr('items')|string is string
d|attr('a')
'abc'|attr('nosuch')
'x'|nosuch
x is nosuch
'x'|nosuch if false else 'ok'
'ok' if 'nosuch' is not filter else 'x'|nosuch
1 is nosuch if false else 'ok'
1 is odd
2 is even
2 is odd
2.5 is odd
'a' is odd
9 is divisibleby 3
9 is divisibleby(2)
9 is divisibleby
n is number
true is number
true is integer
1 is integer
1.0 is integer
1.0 is float
1 is float
true is boolean
1 is boolean
true is true
1 is true
false is false
0 is false
'a' is string
1 is string
d is mapping
l is mapping
l is sequence
s is sequence
d is sequence
(1,) is sequence
5 is sequence
range(3) is sequence
d.items() is sequence
l is iterable
5 is iterable
none is iterable
s is iterable
d.items() is iterable
d.items is callable
range is callable
5 is callable
s is lower
s is upper
'AB1' is upper
5 is lower
1 is sameas 1
none is sameas none
true is sameas true
1 is sameas true
1 is eq 1.0
1 is ne 2
1 is equalto(1)
1 is lt 2
2 is ge 2
2 is greaterthan 1
1 is lessthan 2
'a' is in 'abc'
1 is in [1, 2]
1 is not in [1, 2]
'upper' is filter
'nosuch' is filter
'odd' is test
'nosuch' is test
1 is not defined
1 is defined and 2 is defined
x is defined or 'y'
x is defined if true else 2
not x is defined
1 + 1 is odd
'a' ~ 1 is string
1 is odd is true
1 is odd == true
'x'|upper is upper
-1|abs
(-1)|abs
2 ** 2|abs
'a' ~ 'b'|upper
1 + 2|float
[1, 2]|first + 1
s|upper|lower|title
(s ~ 'x')|upper
s|replace('l', 'L')|length
'abc'|upper()
range(5)|list
range(2, 5)|list
range(5, 0, -2)|list
range(0)
range(3)
range(1, 10, 3)
range(5)|length
range(1, 2, 0)
range(100001)
range(100000)|length
range(-10**9, 10**9)
range('a')
range(1.5)
range()
range(3) == range(3)
range(3) == [0, 1, 2]
range(5)|sum
namespace(a=1).a
namespace({'a': 1}, b=2).b
namespace().x
namespace(a=1)['a']
namespace(items=5).items
cycler('a', 'b').next()
cycler()
joiner()()
joiner is callable
raise_exception('no ' ~ 1)
raise_exception(none)
raise_exception()
strftime_now('%Y-%m-%d')
strftime_now('%d %b %Y, %B %-d %H:%M:%S %I %p %A %a %j %y %% %F %T %U %W %u %w %G-%V %e %D %R %f %C')
strftime_now()
strftime_now(5)
s()
5()
none()
d.a()
5.x
5 .real is defined
(5).x
[1, 2, 3].0
[1, 2][0, 1]
{'a': 1}.a.b.c
1,2
(1)
(1,)
()
[1, 2,]
{'a': 1,}
{}
[[]]
'a' 'b' == 'ab'
True
False
None
true.x
none is none and true
loop
caller
varargs
cycler is defined
not
1 +
(1
[1
{1
'a
1 1
a b
a.
a.'b'
a[
a[]
a|
a|1
a is
a is 1
f(a=1, 2)
f(**a, 1)
f(*a, **b)
f(a=1, a=2)
1 ? 2
a ! b
a @ b
a := 1
lambda
a if
if
for
é
{'é': 1}.é
a;b
"\u12"
"\N{BULLET}"|length
0777
1__0
00
1.2.3
1..2
'abc' is string and 'abc'|length == 3
messages[0]['role']
messages[0].role
messages[-1].tool_calls[0].function.arguments|tojson
messages[-1].tool_calls[0].function.arguments.x
messages[-1].tool_calls[0].function.arguments
messages[-1].content
messages[1].content|e
messages|map(attribute='role')|join(' ')
messages|selectattr('role', 'eq', 'user')|map(attribute='content')|first
messages[1:]|length
messages|rejectattr('role', 'in', ['system', 'user'])|list|length
messages[0].tool_calls is defined
messages[0].tool_calls
messages[0].get('tool_calls')
messages[0].get('tool_calls', [])|length
(messages|last).role
messages|length - 1
""".strip("\n").split("\n")

TEMPLATES = r"""
{% if 1 %}a{% elif 2 %}b{% else %}c{% endif %}
{% if 0 %}a{% elif 2 %}b{% else %}c{% endif %}
{% if 0 %}a{% elif 0 %}b{% else %}c{% endif %}
{% if missing %}a{% else %}b{% endif %}
{% if missing.x %}a{% endif %}
{% for i in l %}{{ i }},{% endfor %}
{% for i in [] %}x{% else %}none{% endfor %}
{% for i in missing %}x{% else %}none{% endfor %}
{% for i in none %}x{% endfor %}
{% for i in 5 %}x{% endfor %}
{% for k in d %}{{ k }}{% endfor %}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}
{% for k, v in d|dictsort %}{{ k }}={{ v }};{% endfor %}
{% for k, v in d|items %}{{ k }}={{ v }};{% endfor %}
{% for k, v in {'z': none}.items() %}{{ k }}={{ v }}{% endfor %}
{% for a, b in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}
{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}
{% for a, b in [(1,)] %}{{ a }}{% endfor %}
{% for a, b in [5] %}{{ a }}{% endfor %}
{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}
{% for c in uni %}{{ c }}.{% endfor %}
{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}
{% for i in l %}{{ loop.previtem }}<{{ i }}<{{ loop.nextitem }};{% endfor %}
{% for i in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }};{% endfor %}
{% for i in l %}{{ loop.cycle('a', 'b') }}{% endfor %}
{% for i in l %}{{ loop.cycle() }}{% endfor %}
{% for i in [1, 1, 2, 2] %}{{ loop.changed(i) }}{% endfor %}
{% for i in [1, 1] %}{{ loop.changed() }}{% endfor %}
{% for i in l %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}
{% for i in l %}{{ loop }}{% endfor %}
{% for i in l %}{{ loop.nosuch }}{% endfor %}
{% for i in l %}{{ loop|length }}{% endfor %}
{% for i in l %}{{ loop(1) }}{% endfor %}
{% for i in l|map('string') %}{{ i }}{{ loop.last }}{{ loop.length }}{% endfor %}
{% for i in l|map('string') %}{{ loop.revindex }}{% endfor %}
{% for i in l if i > 1 %}{{ loop.index }}{{ i }}{{ loop.last }}{{ loop.length }};{% endfor %}
{% for i in l if i > 9 %}x{% else %}e{% endfor %}
{% for m in messages if m.role != 'system' %}{{ loop.first }}{{ m.role }}{% endfor %}
{% for i in l if loop.index > 1 %}{{ i }}{% endfor %}
{% for i in 1, 2, 3 %}{{ i }}{% endfor %}
{% for i in (1, 2) if i %}{{ i }}{% endfor %}
{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in l %}{% break %}{% else %}e{% endfor %}
{% for i in l %}{% for j in l %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}
{% break %}
{% for i in l %}{% endfor %}{% continue %}
{% for n in tree recursive %}{{ n.n }}{% if n.kids %}({{ loop(n.kids) }}){% endif %}{{ loop.depth }}{% endfor %}
{% for n in tree recursive %}[{{ n.n }}{{ loop.index }}{{ loop(n.kids) }}]{% else %}-{% endfor %}
{% for i in l %}{% set x = i %}{% endfor %}{{ x }}
{% set x = 1 %}{% for i in l %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}
{% set ns = namespace(x=0) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}{{ ns }}
{% set ns = namespace() %}{% set ns.items = [1] %}{{ ns.items }}
{% set d.a = 5 %}
{% set nosuch.a = 5 %}
{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% set a, b = [3, 4] %}{{ a }}{{ b }}
{% set (a, b) = 'xy' %}{{ a }}{{ b }}
{% set a = 1, 2 %}{{ a }}
{% set a, b = 1 %}
{% set a %}x{{ s }}y{% endset %}{{ a }}
{% set a | upper %}x{{ s }}y{% endset %}{{ a }}
{% set a | upper | replace('X', '-') %}x{{ s }}y{% endset %}{{ a }}
{% set a %}{% set b = 1 %}{% endset %}{{ b }}
{% set ns = namespace() %}{% set ns.t %}body{% endset %}{{ ns.t }}
{% set x = 5 %}{{ x }}{% set x = missing %}{{ x is defined }}
{% set none = 1 %}
{% set range = 1 %}{{ range }}
{% macro m(a, b=2) %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}
{% macro m(a, b=a ~ 'x') %}{{ b }}{% endmacro %}{{ m('q') }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, z=2) }}
{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}{{ m(1) }}
{% macro m(a) %}{{ a is defined }}{{ a }}{% endmacro %}{{ m() }}
{% macro m(a) %}{{ a + 1 }}{% endmacro %}{{ m() }}
{% macro m(a=1, b) %}{% endmacro %}
{% macro m() %}{{ s }}{% set s = 'in' %}{{ s }}{% endmacro %}{{ m() }}{{ s }}
{% macro m() %}{{ later }}{% endmacro %}{% set later = 1 %}{{ m() }}
{% macro r(n) %}{{ n }}{% if n %}{{ r(n - 1) }}{% endif %}{% endmacro %}{{ r(3) }}
{% macro m() %}x{% endmacro %}{{ m }}
{% macro m(a, b=1) %}x{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}
{% macro m() %}x{% endmacro %}{{ m() ~ m()|upper }}{{ m()|length }}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}body {{ s }}{% endcall %}
{% macro m(x) %}{% for i in x %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}{% call(a, b) m(l) %}{{ a }}:{{ b }} {% endcall %}
{% macro m(x) %}{{ caller(1) }}{% endmacro %}{% call(a, b='d') m(l) %}{{ a }}{{ b }}{% endcall %}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}{{ kwargs }}{% endmacro %}{% call m(a=1) %}y{% endcall %}
{% call 5 %}x{% endcall %}
{% call s.upper() %}x{% endcall %}
{% if true %}{% macro m() %}in{% endmacro %}{% endif %}{{ m() }}
{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}
{% for i in l %}{{ s }}{% set s = i %}{{ s }} {% endfor %}{{ s }}
{% with %}{% set a = 1 %}{{ a }}{% endwith %}{{ a }}
{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}
{% set a = 5 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}
{% filter upper %}x{{ s }}{% endfilter %}
{% filter upper|replace('H', '-') %}x{{ s }}{% endfilter %}
{% filter trim %}  x  {% endfilter %}
{% filter upper %}{% set q = 1 %}{% endfilter %}{{ q }}
{% filter nosuch %}{% endfilter %}
{% set j = joiner('|') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}
{% set j = joiner() %}{{ j() }}{{ j() }}
{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}
{% for c in [1,2,3,4]|batch(2) %}{{ c|join('-') }};{% endfor %}
{% for g, items in people|groupby('age') %}{{ g }}:{{ items|map(attribute='name')|join(',') }};{% endfor %}
{% for g in people|groupby('age') %}{{ g.grouper }}{{ g.list|length }}{{ g[0] }};{% endfor %}
{% set x = l|map('string') %}{{ x|list }}{{ x|list }}
{% set x = l|reverse %}{{ x|list }}{{ x|list }}
{% generation %}a{{ s }}{% endgeneration %}
{% generation %}{% set z = 1 %}{% endgeneration %}{{ z }}
{% print s, 1 %}
{% raw %}{{ s }}{% if %}{% endraw %}
{%- raw %} {{ s }} {% endraw -%} y
a {%- raw -%} b {%- endraw -%} c
{# comment #}x{#- c -#} y
a {# c #} b
{# {{ x }} {% if %} #}z
{{ '{{' }}{{ '%}' }}{{ "}}" }}
{{ {'a': {'b': 1}} }}
{{ {'a': {}}}}
{{ s}}{{s }}{{-s-}} {{- s -}} x
a {{- ' b ' -}} c
{% nosuch %}
{% if %}{% endif %}
{% if 1 %}
{% endif %}
{% for %}{% endfor %}
{% for i %}{% endfor %}
{% for i in l %}
{% if 1 %}{% endfor %}
{% for i in l %}{% endif %}
{% set %}
{% set x %}
{% set x = %}
{% set 1 = 2 %}
{% set x.y.z = 1 %}
{% macro %}{% endmacro %}
{% macro m %}{% endmacro %}
{% else %}
{% endif %}
{% if 1 %}{% else %}{% else %}{% endif %}
{% do l %}
{% debug %}
{% with a %}{% endwith %}
{{ }}
{{
{%
{{ s
{% if s
}}
%}
#}
{
{ { s } }
{{s|upper}}
{% if s == 'hello' and (n > 5 or not yes) and l|length == 3 %}ok{% endif %}
{% if not (messages[0].role == 'user') %}ok{% endif %}
{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}{{ system }}{{ rest|length }}
{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}odd{% endif %}{% endfor %}
{%- set tools = tools or [] -%}{{ tools }}
{% set content %}{% for m in messages %}{{ m.content }}{% endfor %}{% endset %}{{ content|trim }}
{% if 'x' is string is true %}{% endif %}
{% for a in l %}{% for b in l %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{% for a in l %}{% set outer = loop %}{% for b in [1] %}{{ outer.index }}{{ loop.index }}{% endfor %}{% endfor %}
{% set f = s.upper %}{{ f() }}
{% set f = d.get %}{{ f('a') }}
{{ (s.upper if true else s.lower)() }}
{{ [s.upper][0]() }}
{% macro m(a) %}{{ a }}{% endmacro %}{% set f = m %}{{ f(1) }}{{ [1, 2]|map('string')|join }}
{{ m(*[1, 2], **{'x': 3}) }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(*[1, 2], **{'x': 3}) }}{{ m(*'ab') }}{{ m(**l) }}
{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}
{% macro m(x) %}{% if x is mapping %}{ {%- for k, v in x.items() %}{{ k }}: {{ m(v) }}{% endfor -%} }{% else %}{{ x }}{% endif %}{% endmacro %}{{ m(nested) }}
{% if 1 %}{% set q = 'x' %}{% endif %}{% macro m() %}{{ q }}{% endmacro %}{{ m() }}
{% for i in l %}{% if loop.first %}{% set y = i %}{% endif %}{{ y }}{% endfor %}
{% set l2 = l + [4] %}{{ l2 }}{{ l }}
{% set a = [] %}{% for i in l %}{% set a = a + [i] %}{% endfor %}{{ a }}
{{ l.__len__() }}
{{ s.format.__globals__ }}
{{ '{0.__class__}'.format(s) }}
{% for x in [1, 2] %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}
""".strip("\n").split("\n")

# Templates of several lines, and what lines above can not hold.
BLOCKS = [
    "{%- for m in messages -%}\n    {%- if m.role == 'user' -%}\n        {{- '<u>' + m.content + '</u>' -}}\n    {%- elif m.role == 'assistant' -%}\n        {{- m.tool_calls|tojson -}}\n    {%- endif -%}\n{%- endfor -%}",
    "{{ s\n}}{{\ns }}",
    "a\n", "a\n\n", "a\r\nb\rc\n", "\n", "", " ", "\n\na", "x\n{% if true %}\n  y\n{% endif %}\nz\n",
    "  {% if true %}\n a\n  {% endif %}\nb", "  {%+ if true %}\n a\n  {%+ endif %}\nb", "{% if true +%}\na{% endif %}",
    "{% if true -%}\n\n a\n{%- endif -%}\n\nb", "  {# c #}\nx", "x  {# c #}\ny", "  {{ s }}\n", "  {% set x = 1 %}  y",
    "\t{% if true %}tab{% endif %}", "a{% if true %}\n{% endif %}b", "{{ 1 }}\n{{ 2 }}\n",
    "{% for i in l -%}\n  {{ i }}\n{%- endfor %}\n", "{% for i in l %}\n  {{ i }}\n{% endfor %}\n",
    "{{ s -}}\n  x", "x\n  {{- s }}", "{# a\nb #}\n{# c -#}\n  d", "{% raw %}\n {{ x }}\n{% endraw %}\nz",
    " {% raw %} a {% endraw %} ", "  {%- raw -%}\n a\n  {%- endraw -%}\n z", "{% raw -%}  a{% endraw +%}\nb",
    "{% filter indent(2) %}a\nb{% endfilter %}", "{{ [1,\n  2] }}", "{{ 'a\nb' }}", "{{ 'a\r\nb' }}",
    "{% if true\n%}\nx{% endif %}", "{%\nif true %}x{% endif %}", "{#\n#}\n\n{#-\n-#}\n\nx",
    "\u3000{% if true %}x{% endif %}", "\x0c{% if true %}x{% endif %}", "a \u2028 {%- if true %}x{% endif %}",
    "{% set x %}\n  a\n{% endset %}\n[{{ x }}]", "{% macro m() %}\n  a\n{% endmacro %}\n[{{ m() }}]",
    "{%- macro m() -%}\n  a\n{%- endmacro -%}\n[{{ m() }}]", "{% call(x) m() %}{% endcall %}",
    "{% generation %}\nx\n{% endgeneration %}\ny", "{{ '\\\n' }}", "{{ \"a\\'b\" }}", "{% if 1 %}\n\n{% endif %}\n\n\nx",
    "\ufeffx", "{{ 1 }}\x00{{ 2 }}", "{%if true%}x{%endif%}", "{{1}}{{'a'}}",
    "{% if true %}{# c #}\n{% endif %}x", "a\n  {#- c #}  \nb", "{%- if true %}  \n  x{% endif %}",
]


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("run"), [], [], body).set_lineno(line)

    @jinja2.pass_eval_context
    def run(self, context, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def strftime_now(format):
        return datetime.datetime(2026, 3, 5, 17, 4, 9, 123456).strftime(format)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = strftime_now
    return env


def outcome(template):
    try:
        text = environment().from_string(template).render(json.loads(json.dumps(VARIABLES)))
    except jinja2.TemplateSyntaxError:
        return {"template": template, "raises": "syntax"}
    except (SyntaxError, Exception) as error:
        refused = type(error) is jinja2.exceptions.TemplateError
        return {"template": template, "raises": str(error) if refused else type(error).__name__, "refused": refused}
    if " at 0x" in text:
        raise ValueError("no stable text: " + template)
    text.encode("utf-8")
    return {"template": template, "expected": text}


def main():
    templates = ["{{ " + line + " }}" for line in EXPRESSIONS] + TEMPLATES + BLOCKS
    seen, cases = set(), []
    for template in templates:
        if template not in seen:
            seen.add(template)
            cases.append(template)
    results = []
    for template in cases:
        try:
            results.append(outcome(template))
        except ValueError as error:
            print(error, file=sys.stderr)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write('{"variables": ' + json.dumps(VARIABLES, ensure_ascii=True) + ',\n "cases": [\n')
        out.write(",\n".join("  " + json.dumps(each, ensure_ascii=True) for each in results))
        out.write("\n]}\n")
    print(len(results), "cases,", sum("raises" in each for each in results), "of them raise", file=sys.stderr)


if __name__ == "__main__":
    main()
