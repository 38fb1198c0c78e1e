/** Files, images and random numbers as values for a model's inputs. */
@NullMarked
package org.lanewise.cli.input;

import org.jspecify.annotations.NullMarked;
