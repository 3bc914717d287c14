using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TrainService.Formats.Tests;

/// <summary>Damages a file as accidents and attackers do. The same seed gives the same damage, so that a failure can be had again.</summary>
internal static class Mutations
{
    private static readonly long[] Extremes = [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 0xFFFF, 1L << 40,
        0x7FFF_FFFF_FFFF_FFF8];
    private static readonly byte[] Telling = [.. "{}[]()'\",:-0129eE.<>|OfTu \n\0"u8];

    /// <summary>How many damaged files of each kind: TRAINSERVICE_FUZZ when it is set, else few enough for every run.</summary>
    public static int Count(int few) => int.TryParse(Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ"), out int many) ? many : few;

    /// <summary>A line for whoever runs the long form: tests print nothing by themselves.</summary>
    public static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ") is not null) Console.WriteLine(line);
    }

    public static byte[] Apply(byte[] file, int seed)
    {
        var random = new Random(seed);
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            // Headers stand at the ends: most damage is done there.
            int at = random.Next(3) switch
            {
                0 => random.Next(bytes.Count),
                1 => random.Next(Math.Min(bytes.Count, 160)),
                _ => Math.Max(0, bytes.Count - 1 - random.Next(200))
            };
            switch (random.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = Telling[random.Next(Telling.Length)]; break;
                case 3: bytes.Insert(at, Telling[random.Next(Telling.Length)]); break;
                case 4: bytes.RemoveRange(at, random.Next(1, Math.Min(64, bytes.Count - at) + 1)); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                case 6: bytes.InsertRange(at, [.. bytes.GetRange(at, Math.Min(32, bytes.Count - at))]); break;
                case 7: Write(bytes, at, random, random.Next(2) * 4 + 4); break;
                default: bytes.InsertRange(at, [.. Enumerable.Repeat(Telling[random.Next(Telling.Length)], random.Next(2000))]); break;
            }
        }
        return [.. bytes];
    }

    private static void Write(List<byte> bytes, int at, Random random, int size)
    {
        byte[] number = new byte[8];
        long value = Extremes[random.Next(Extremes.Length)];
        if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - (8 * size)));
        for (int i = 0; i < size && at + i < bytes.Count; i++) bytes[at + i] = number[i];
    }

    /// <summary>Every damaged file gives a value or an <see cref="ArrayFormatException"/> with a message, and allocates little.</summary>
    public static void Fuzz(byte[] file, int count, long maxAllocated, Action<byte[]> read, [CallerMemberName] string name = "")
        => Fuzz(seed => Apply(file, seed), count, maxAllocated, read, name);

    /// <param name="damage">Makes the damaged file of a seed.</param>
    public static void Fuzz(Func<int, byte[]> damage, int count, long maxAllocated, Action<byte[]> read, [CallerMemberName] string name = "")
    {
        int refused = 0;
        double slowest = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] damaged = damage(seed);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                read(damaged);
            }
            catch (ArrayFormatException e)
            {
                refused++;
                e.Message.ShouldNotBeEmpty();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Damage {seed} gave {e.GetType()}: {e.Message}", e);
            }
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(maxAllocated, $"damage {seed}");
        }
        refused.ShouldBeGreaterThan(count / 4, "most damage should be noticed");
        Report($"{name}: {count} damaged files, {refused} refused, slowest {slowest:0.0} ms");
    }
}
