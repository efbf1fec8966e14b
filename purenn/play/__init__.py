"""The playground: a page in the browser on which this very source learns, step by step.

    page (HTML, CSS, JavaScript)  ──►  carrier  ──►  Playground.handle(request) -> answer

The page draws and asks; every number on it comes from purenn. There are two carriers: `server`,
over HTTP on this computer (`python3 -m purenn play`), and a worker in the browser in which Python
itself runs, for a folder of static files that anybody can put on the web (`site`). Read in this
order, each building on those before it:

 1. refusals   what is answered to a request that cannot be done
 2. settings   everything that can be chosen
 3. problem    the rows to learn from
 4. plane      what of them is drawn, and where
 5. address    a whole setting as the end of an address
 6. runner     a network that learns a step at a time, and can go back
 7. pictures   the output of every neuron over the plane
 8. sources    where in purenn's source a number is computed
 9. explain    the sums behind a weight, a neuron, an example
10. notes      the doctor at hand
11. table      a table of one's own
12. take       what can be taken along
13. session    requests and answers
14. server     the carrier on this computer
15. site       the folder for the web

It uses the core, `data`, `doctor`, `draw` and `store`; nothing but the command line uses it.
"""

from .session import Playground, Session

__all__ = ["Playground", "Session"]
