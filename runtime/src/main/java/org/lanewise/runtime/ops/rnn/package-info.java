/** Recurrent layers: LSTM, GRU and RNN. */
@NullMarked
package org.lanewise.runtime.ops.rnn;

import org.jspecify.annotations.NullMarked;
