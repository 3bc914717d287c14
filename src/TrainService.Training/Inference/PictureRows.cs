using TrainService.Data.Pictures;
using TrainService.Data.Preprocessing;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Kernels;

namespace TrainService.Training.Inference;

/// <summary>A client's pictures, as the network takes them: decoded, upright, its channels, its size, its preprocessing.</summary>
internal static class PictureRows
{
    /// <summary>Null when there were errors.</summary>
    public static FloatRows? Read(IReadOnlyList<PictureInput> pictures, LoadedNetwork network, SpecErrors errors)
    {
        if (ReadRaw(pictures, network, errors) is not { } raw) return null;
        if (network.Preprocessing is { } preprocessing)
        {
            int length = preprocessing.RawLength;
            float[] row = new float[length];
            for (int i = 0; i < pictures.Count; i++)
            {
                preprocessing.Apply(raw.AsSpan(i * length, length), row);
                row.CopyTo(raw, i * length);
            }
        }

        return new FloatRows(raw, raw.Length / pictures.Count);
    }

    /// <summary>The same before the preprocessing's steps. Null when there were errors.</summary>
    public static float[]? ReadRaw(IReadOnlyList<PictureInput> pictures, LoadedNetwork network, SpecErrors errors)
    {
        int before = errors.Count;
        // A network that came from elsewhere without a preprocessing gets bytes / 255.
        FittedPreprocessing preprocessing = network.Preprocessing ?? new() { InputShape = [.. network.State.Network.InputShape.Axes], Scale = 1 / 255.0 };
        IReadOnlyList<int> shape = preprocessing.InputShape;
        if (preprocessing.Columns is not null || shape is not ([_, _] or [_, _, 1 or 3]))
        {
            errors.Add("/image", "impossible_shape", $"The network takes inputs of shape [{string.Join(", ", shape)}], not pictures.");
            return null;
        }

        int channels = shape.Count == 2 ? 1 : shape[2], length = preprocessing.RawLength;
        PictureFit fit = preprocessing.Pictures ?? new();
        PictureResizer resizer = new(shape[0], shape[1], fit.Interpolation, fit.CropToAspectRatio);
        float[] values = new float[length * pictures.Count];
        byte[] bytes = new byte[length];
        for (int i = 0; i < pictures.Count; i++)
        {
            try
            {
                resizer.Resize(PictureDecoder.Decode(pictures[i].File.Span).WithChannels(channels), bytes);
                Elementwise.Widen(bytes, (float)preprocessing.Scale, 0, values.AsSpan(i * length, length));
            }
            catch (PictureException e)
            {
                errors.Add($"/image/{i}", "broken_picture", $"{pictures[i].Name}: {e.Message}");
            }
        }

        return errors.Count == before ? values : null;
    }
}
