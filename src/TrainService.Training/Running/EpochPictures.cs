using System.Text.Json.Nodes;

namespace TrainService.Training.Running;

/// <summary>Pictures of what the network does now, for each epoch's event.</summary>
internal abstract class EpochPictures : IDisposable
{
    /// <summary>By <see cref="PictureGrid"/>; null where there is nothing to be seen.</summary>
    public abstract JsonObject? Draw();

    public abstract void Dispose();
}
