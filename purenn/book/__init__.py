"""The book: from lessons that run to pages that can be read.

A lesson is a script with prose between its lines of code. Here it is taken apart, run, and shown in
three forms: in a terminal, as a notebook, and as one offline web book. Read on in this order:

1. `errors`      what can be wrong with a lesson, and where
2. `percent`     the file format: cells of prose and cells of code
3. `running`     running the cells, and keeping what they print and draw
4. `parts`       the parts: where they are, what they are called
5. `formulas`    formulas in plain text, as a tree
6. `mathml`      formulas as MathML
7. `markdown`    the little Markdown that the prose is written in, as a tree
8. `highlight`   Python taken apart into keywords, strings, comments
9. `folding`     which code is folded away
10. `linking`    from a name of the library to the page that explains it
11. `html_code`  code as HTML
12. `html_prose` prose as HTML
13. `docstrings` the prose of the library's own modules as HTML
14. `pages`      what all pages have in common
15. `figures`    pictures on a page, for wide pages and phones, for day and night
16. `modules`    a library module as a page: prose and its code
17. `lesson_pages`  a part as a page, with what it put out
18. `library`    where the modules of the library live, and where links lead
19. `reference`  a page for each public name
20. `searching`  what the search looks through
21. `website`    the whole book, written to a folder
22. `latex`      formulas as LaTeX, for notebooks
23. `notebook`   a part as a Jupyter notebook
24. `plain`      a part in a terminal

Beside them `widgets/`, the figures to play with.
"""
