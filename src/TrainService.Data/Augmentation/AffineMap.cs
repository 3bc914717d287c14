namespace TrainService.Data.Augmentation;

/// <summary>
/// Where in the old picture a pixel of the new one is read: x' = Xx·x + Xy·y + X0, y' = Yx·x + Yy·y + Y0, with x along a line and y from line to line.
/// </summary>
/// <remarks>
/// Keras's composition: rotation · shift · shear · zoom, about the middle ((width - 1) / 2, (height - 1) / 2). In one thing not as Keras 3.15's code but
/// as its documentation has it: there width_shift_range moves pictures up and down, height_shift_range sideways, and a picture that is not square is
/// turned about a point beside its middle, since both axes are exchanged after the matrix was made for the other order.
/// </remarks>
public readonly record struct AffineMap(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    public static AffineMap Of(in PictureDraw draw, int height, int width)
    {
        (double sin, double cos) = Math.SinCos(draw.Theta);
        (double shearSin, double shearCos) = Math.SinCos(draw.Shear);
        // R · S with S = [1, -sin; 0, cos], then columns scaled by the zoom.
        double xx = cos * draw.Zx, xy = ((-cos * shearSin) - (sin * shearCos)) * draw.Zy;
        double yx = sin * draw.Zx, yy = ((-sin * shearSin) + (cos * shearCos)) * draw.Zy;
        // R · (tx, ty).
        double x0 = (cos * draw.Tx) - (sin * draw.Ty), y0 = (sin * draw.Tx) + (cos * draw.Ty);
        double cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
        x0 += cx - (xx * cx) - (xy * cy);
        y0 += cy - (yx * cx) - (yy * cy);
        // A mirrored picture is read from the other end.
        if (draw.FlipHorizontal) (xx, x0, yx, y0) = (-xx, x0 + (xx * (width - 1)), -yx, y0 + (yx * (width - 1)));
        if (draw.FlipVertical) (xy, x0, yy, y0) = (-xy, x0 + (xy * (height - 1)), -yy, y0 + (yy * (height - 1)));
        return new AffineMap(xx, xy, x0, yx, yy, y0);
    }
}
