using TrainService.Data.Descriptions;
using TrainService.Data.Pictures;
using TrainService.Data.Storage;
using TrainService.Formats;
using TrainService.Formats.Zip;

namespace TrainService.Data.Import.Pictures;

/// <summary>An archive of class folders: each picture decoded, brought to one size, and stored as bytes. Only a few are in memory at a time.</summary>
internal static class PictureImporter
{
    private const long MaxPictureBytes = 64L << 20;

    /// <summary>Pictures that are unpacked at a time, and their bytes: an archive of a few megabytes can hold pictures of gigabytes.</summary>
    private const int Batch = 64;

    /// <inheritdoc cref="Batch"/>
    private const long BatchBytes = 64L << 20;

    /// <summary>What the rows' own statistics don't say; null when something is wrong.</summary>
    public static DatasetDescription? Import(StagedFile file, DatasetDescription frame, ImportContext context)
    {
        ZipArchiveReader archive = Open(file, context.Limits);
        IReadOnlyList<PictureFile> pictures = PictureLayout.Read(archive, file.Name, context.Options.WithoutLabels, context.Errors);
        if (context.Errors.Any) return null;
        string[] classes = [.. pictures.Select(p => p.Class).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (classes.Length > context.Limits.MaxClasses)
        {
            context.Errors.Add("too_many_classes", $"there are {classes.Length:N0} folders, more than {context.Limits.MaxClasses:N0} classes", file.Name);
            return null;
        }

        (int height, int width) = (context.Options.ImageSize.Height, context.Options.ImageSize.Width);
        int channels = context.Options.Gray ? 1 : 3;
        Intake intake = new(archive, new PictureResizer(height, width, context.Options.Interpolation, context.Options.CropToAspectRatio), height * width * channels, channels, context);
        Dictionary<Part, int> counts = [];
        foreach (IGrouping<Part, PictureFile> part in pictures.GroupBy(p => p.Part))
            counts[part.Key] = intake.Store(part.Key, [.. part], classes);
        if (context.Errors.Any) return null;
        int? Rows(Part part) => counts.TryGetValue(part, out int rows) && rows > 0 ? rows : null;
        if (Rows(Part.Train) is not { } train)
        {
            context.Errors.Add("no_pictures", "no picture to train on could be read", file.Name);
            return null;
        }

        return frame with
        {
            Kind = DatasetKind.Images,
            InputShape = [height, width, channels],
            StoredType = "uint8",
            Scale = context.Options.Scale ?? 1 / 255.0,
            Target = classes.Length == 0 ? TargetDescription.OfInputs([height, width, channels]) : new() { Kind = TargetKind.Class, Shape = [1], ClassNames = classes },
            Counts = new(train, Rows(Part.Validation), Rows(Part.Test)),
            Pictures = new() { SmallestHeight = intake.Smallest.Height, SmallestWidth = intake.Smallest.Width, LargestHeight = intake.Largest.Height, LargestWidth = intake.Largest.Width, Fit = new(context.Options.Interpolation, context.Options.CropToAspectRatio) },
        };
    }

    /// <summary>The directory is read and checked.</summary>
    public static ZipArchiveReader Open(StagedFile file, DatasetLimits limits)
        => ZipArchiveReader.Open(file.Rewind(), new FormatLimits { MaxBytes = limits.MaxStoredBytes, MaxArrays = Math.Min(limits.MaxRows, 2_000_000), MaxHeaderBytes = 256 << 20 }, file.Name);

    private sealed class Intake(ZipArchiveReader archive, PictureResizer resizer, int rowLength, int channels, ImportContext context)
    {
        public (int Height, int Width) Smallest { get; private set; } = (int.MaxValue, int.MaxValue);

        public (int Height, int Width) Largest { get; private set; }

        /// <summary>How many pictures of the part are stored.</summary>
        public int Store(Part part, PictureFile[] files, string[] classes)
        {
            using var writer = new PartWriter(context.Folder, part, context.Budget);
            byte[][] packed = new byte[Batch][];
            byte[][] rows = [.. Enumerable.Range(0, Batch).Select(_ => new byte[rowLength])];
            string?[] problems = new string?[Batch];
            (int Height, int Width)[] sizes = new (int, int)[Batch];
            int stored = 0;
            for (int start = 0, count; start < files.Length; start += count)
            {
                count = 0;
                for (long bytes = 0; count < Batch && start + count < files.Length && (count == 0 || bytes + files[start + count].Entry.Length <= BatchBytes); count++)
                {
                    (packed[count], problems[count]) = Read(files[start + count].Entry);
                    bytes += packed[count].Length;
                }

                Parallel.For(0, count, new ParallelOptions { CancellationToken = context.Stopping, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
                {
                    if (problems[i] is not null) return;
                    try
                    {
                        Picture picture = PictureDecoder.Decode(packed[i]);
                        sizes[i] = (picture.Height, picture.Width);
                        resizer.Resize(picture.WithChannels(channels), rows[i]);
                    }
                    catch (PictureException e)
                    {
                        problems[i] = e.Message;
                    }
                });
                for (int i = 0; i < count; i++)
                {
                    if (problems[i] is { } problem)
                    {
                        Refuse(files[start + i].Entry, problem);
                        continue;
                    }

                    Smallest = (Math.Min(Smallest.Height, sizes[i].Height), Math.Min(Smallest.Width, sizes[i].Width));
                    Largest = (Math.Max(Largest.Height, sizes[i].Height), Math.Max(Largest.Width, sizes[i].Width));
                    writer.WriteInputs(rows[i]);
                    if (files[start + i].Class is { } name) writer.WriteTargets([(float)Array.BinarySearch(classes, name, StringComparer.Ordinal)]);
                    stored++;
                }
            }

            writer.Complete();
            return stored;
        }

        private (byte[] Bytes, string? Problem) Read(ZipEntry entry)
        {
            if (entry.Length > MaxPictureBytes) return ([], $"the file has {entry.Length:N0} bytes, more than {MaxPictureBytes:N0}");
            try
            {
                using Stream stream = archive.OpenEntry(entry);
                Span<byte> head = stackalloc byte[(int)Math.Min(entry.Length, PictureDecoder.HeadLength)];
                stream.ReadExactly(head);
                // Before memory is taken for it.
                PictureDecoder.CheckHead(head);
                byte[] bytes = new byte[entry.Length];
                head.CopyTo(bytes);
                stream.ReadExactly(bytes.AsSpan(head.Length));
                // One step further: the check sum stands at the end.
                return stream.ReadByte() < 0 ? (bytes, null) : ([], "the entry is longer than the archive says");
            }
            catch (PictureException e)
            {
                return ([], e.Message);
            }
            catch (Exception e) when (e is ArrayFormatException or InvalidDataException or EndOfStreamException)
            {
                return ([], e is ArrayFormatException format ? format.Problem : "the entry is damaged");
            }
        }

        private void Refuse(ZipEntry entry, string problem)
        {
            if (context.Options.Broken == BrokenPolicy.Skip) context.Skipped.Add("broken_picture", problem, PictureLayout.Shown(entry));
            else context.Errors.Add("broken_picture", problem, PictureLayout.Shown(entry));
        }
    }
}
