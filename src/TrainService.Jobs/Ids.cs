using System.Security.Cryptography;

namespace TrainService.Jobs;

/// <summary>
/// Ids such as <c>job_0n1k…</c>: prefix, milliseconds since 1970 (10 characters), a counter (3) and 80 random bits (16), in lower-case
/// Crockford base 32. They sort by the time they were made (strictly within one process, even when the clock steps back) and can't be guessed.
/// </summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int TimeLength = 10;
    private const int CounterLength = 3;
    private const int RandomLength = 16;
    private const int CounterLimit = 1 << (5 * CounterLength);

    private static readonly Lock Gate = new();
    private static long _lastMilliseconds;
    private static int _counter;

    /// <param name="prefix">What it names: job, ckpt, run …</param>
    public static string New(string prefix)
    {
        (long milliseconds, int counter) = Next(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Span<byte> random = stackalloc byte[RandomLength];
        RandomNumberGenerator.Fill(random);

        Span<char> text = stackalloc char[TimeLength + CounterLength + RandomLength];
        Write(text[..TimeLength], milliseconds);
        Write(text.Slice(TimeLength, CounterLength), counter);
        for (int i = 0; i < RandomLength; i++)
            text[TimeLength + CounterLength + i] = Alphabet[random[i] & 31];
        return string.Concat(prefix, "_", text);
    }

    /// <summary>When the id was made, in milliseconds since 1970; null when it is not one of ours.</summary>
    public static long? MillisecondsOf(string id) => Read(id, 0, TimeLength);

    /// <summary>How many ids of its process were made before it in the same millisecond; null when it is not one of ours.</summary>
    public static long? CounterOf(string id) => Read(id, TimeLength, CounterLength);

    private static long? Read(string id, int from, int length)
    {
        int start = id.IndexOf('_', StringComparison.Ordinal) + 1;
        if (start == 0 || id.Length - start != TimeLength + CounterLength + RandomLength)
            return null;
        long value = 0;
        foreach (char c in id.AsSpan(start + from, length))
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            value = (value << 5) | (uint)digit;
        }
        return value;
    }

    private static (long Milliseconds, int Counter) Next(long now)
    {
        lock (Gate)
        {
            if (now > _lastMilliseconds)
                (_lastMilliseconds, _counter) = (now, 0);
            else if (++_counter == CounterLimit)
                (_lastMilliseconds, _counter) = (_lastMilliseconds + 1, 0);
            return (_lastMilliseconds, _counter);
        }
    }

    private static void Write(Span<char> text, long value)
    {
        for (int i = text.Length - 1; i >= 0; i--, value >>= 5)
            text[i] = Alphabet[(int)(value & 31)];
    }
}
