/** Reading the services' messages from bytes, with every refusal named. Stateless: any thread. */
@NullMarked
package dev.reflux.common.codec;

import org.jspecify.annotations.NullMarked;
