/** Labelled driving scenes as streams of frames: synthetic, CamVid, Cityscapes, plain folders. */
@NullMarked
package dev.reflux.datasets;

import org.jspecify.annotations.NullMarked;
