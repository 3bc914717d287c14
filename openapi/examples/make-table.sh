#!/bin/sh
# Writes a table of 20 features and a class, the same each time: make-table.sh [ROWS] > table.csv
# Five features decide the class, not along a line; the others are noise or copies of the five with noise. One label in twenty is wrong.
awk -v rows="${1:-4000}" '
  # Numbers between 0 and 1 by a linear congruence that every awk works out exactly.
  function uniform() { state = (state * 16807) % 2147483647; return state / 2147483647 }
  function normal(  u, v) { u = uniform(); v = uniform(); return sqrt(-2 * log(u)) * cos(6.283185307179586 * v) }
  BEGIN {
    state = 42
    for (j = 1; j <= 20; j++) printf "f%d,", j
    print "class"
    for (i = 0; i < rows; i++) {
      for (j = 1; j <= 5; j++) x[j] = normal()
      score = x[1] * x[2] + sin(2 * x[3]) - x[4] * x[4] / 2 + 0.5 * x[5] + 0.4
      for (j = 6; j <= 10; j++) x[j] = x[j - 5] + 2 * normal()
      for (j = 11; j <= 20; j++) x[j] = normal()
      yes = score > 0
      if (uniform() < 0.05) yes = !yes
      for (j = 1; j <= 20; j++) printf "%.4f,", x[j]
      print (yes ? "yes" : "no")
    }
  }'
