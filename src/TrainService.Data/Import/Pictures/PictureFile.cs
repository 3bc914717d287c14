using TrainService.Data.Storage;
using TrainService.Formats.Zip;

namespace TrainService.Data.Import.Pictures;

/// <summary>A picture in an archive: which part and class its folder says.</summary>
/// <param name="Class">Null where nothing is labelled.</param>
internal sealed record PictureFile(ZipEntry Entry, Part Part, string? Class);
