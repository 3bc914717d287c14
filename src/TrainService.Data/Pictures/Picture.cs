namespace TrainService.Data.Pictures;

/// <summary>A decoded picture: height · width · channels bytes, row by row, the channels of a pixel together.</summary>
/// <param name="Channels">1 for gray, 3 for red, green, blue.</param>
public sealed record Picture(int Height, int Width, int Channels, byte[] Pixels)
{
    /// <summary>The same picture with so many channels: gray three times, or the luma (299 R + 587 G + 114 B) / 1000 of ITU-R BT.601.</summary>
    public Picture WithChannels(int channels)
    {
        if (channels == Channels) return this;
        byte[] pixels = new byte[Height * Width * channels];
        if (channels == 3)
        {
            for (int i = 0; i < Pixels.Length; i++) pixels.AsSpan(3 * i, 3).Fill(Pixels[i]);
        }
        else
        {
            for (int i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)(((Pixels[3 * i] * 299) + (Pixels[(3 * i) + 1] * 587) + (Pixels[(3 * i) + 2] * 114) + 500) / 1000);
        }

        return new Picture(Height, Width, channels, pixels);
    }
}
