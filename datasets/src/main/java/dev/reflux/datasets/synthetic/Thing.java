package dev.reflux.datasets.synthetic;

/**
 * An object of the street that stands, walks or drives.
 *
 * @param kind kind of the object
 * @param x metres right of the road's middle
 * @param z metres along the street, its near end
 * @param width metres across (buildings: along the street)
 * @param height metres
 * @param color 0xRRGGBB
 * @param speed metres a second along the street
 * @param look picks a variant
 */
record Thing(Kind kind, float x, float z, float width, float height, int color, float speed, int look) {

    enum Kind {
        BUILDING,
        TREE,
        POLE,
        CAR,
        PERSON
    }

    /** Where its near end is after some seconds. */
    float zAt(float seconds) {
        return z + speed * seconds;
    }
}
