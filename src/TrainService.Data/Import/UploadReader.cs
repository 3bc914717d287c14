using System.IO.Compression;
using TrainService.Data.Descriptions;
using TrainService.Data.Import.Arrays;
using TrainService.Data.Import.Pictures;
using TrainService.Data.Import.Tables;
using TrainService.Data.Storage;
using TrainService.Formats;

namespace TrainService.Data.Import;

/// <summary>Turns an upload's files into a dataset's files, whatever they are. Everything foreign that is wrong ends up among the errors.</summary>
internal static class UploadReader
{
    /// <summary>The description without statistics, or null when something is wrong.</summary>
    public static DatasetDescription? Read(IReadOnlyList<StagedFile> files, DatasetDescription frame, ImportContext context)
    {
        string file = files[0].Name;
        try
        {
            return ReadAs(files, frame, context);
        }
        catch (ArrayFormatException e)
        {
            context.Errors.Add("malformed", e.Offset is null ? e.Problem : $"{e.Problem} (at byte {e.Offset})", e.File, column: e.Array);
        }
        catch (TableException e)
        {
            context.Errors.Add(e.Code, e.Message, file, e.Line, e.Column);
        }
        catch (StorageBudgetException e)
        {
            context.Errors.Add("too_large", e.Message);
        }
        catch (InvalidDataException e)
        {
            context.Errors.Add("malformed", $"the gzip stream is damaged: {e.Message}", file);
        }
        return null;
    }

    private static DatasetDescription? ReadAs(IReadOnlyList<StagedFile> files, DatasetDescription frame, ImportContext context)
    {
        List<(string Kind, bool Gzipped)> kinds = [];
        foreach (StagedFile file in files)
        {
            string? found = FileKinds.Find(file, out bool gzipped, out string? problem);
            if ((context.Options.Format ?? found) is { } kind && found is not null) kinds.Add((kind, gzipped));
            else context.Errors.Add("unknown_format", problem!, file.Name);
        }
        if (context.Errors.Any) return null;
        if (kinds.Select(k => k.Kind).Distinct().Count() > 1 || (files.Count > 1 && kinds[0].Kind != "idx"))
        {
            context.Errors.Add("too_many_files", "several files are only read together when all of them are IDX; other datasets are one file");
            return null;
        }
        if (kinds[0] is { Kind: "npz" or "images", Gzipped: true })
        {
            context.Errors.Add("unknown_format", "a ZIP archive within gzip is not read; it is packed already", files[0].Name);
            return null;
        }
        return kinds[0].Kind switch
        {
            "images" => PictureImporter.Import(files[0], frame, context),
            "npz" => ReadArrays(NpzLayout.Read(files[0], context), frame, context),
            "idx" => ReadArrays(IdxLayout.Read(files, context), frame, context),
            var table => new TableImporter(files[0].Name, columns => Open(files[0], table, kinds[0].Gzipped, columns, context), context)
                .Import(frame),
        };
    }

    private static DatasetDescription? ReadArrays(IReadOnlyList<ArrayPart> parts, DatasetDescription frame, ImportContext context)
        => parts.Count == 0 ? null : ArrayImporter.Import(parts, frame, context);

    private static ITableReader Open(StagedFile file, string kind, bool gzipped, IReadOnlyList<string>? columns, ImportContext context)
    {
        Stream stream = file.Rewind();
        if (gzipped) stream = new CappedStream(new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true), context.Limits.MaxStoredBytes);
        return kind == "csv" ? new CsvReader(stream, context.Options, context.Limits) : new JsonLinesReader(stream, context.Limits, columns);
    }
}
