/** What quantization and pruning have in common: models made ready, their weight layers, runs on calibration data and comparisons of what comes out. */
@NullMarked
package org.lanewise.quantization.model;

import org.jspecify.annotations.NullMarked;
