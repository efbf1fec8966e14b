"""The book: from lessons that run to pages that can be read.

A lesson is a script with prose between its lines of code. Here it is taken apart, run, and shown in
three forms: in a terminal, as a notebook, and as one offline web book. Read on in this order:

1. `errors`      what can be wrong with a lesson, and where
2. `percent`     the file format: cells of prose and cells of code
3. `running`     running the cells, and keeping what they print and draw
4. `parts`       the eleven parts: where they are, what they are called
5. `markdown`    the little Markdown that the prose is written in, as a tree
6. `highlight`   Python taken apart into keywords, strings, comments
7. `html_code`   code as HTML
8. `html_prose`  prose as HTML
9. `docstrings`  the prose of the library's own modules as HTML
10. `pages`      what all pages have in common
11. `modules`    a library module as a page: prose beside its code
12. `lesson_pages`  a part as a page, with what it put out
13. `library`    where the names of the library live, and where links lead
14. `website`    the whole book, written to a folder
15. `notebook`   a part as a Jupyter notebook
16. `plain`      a part in a terminal
"""
