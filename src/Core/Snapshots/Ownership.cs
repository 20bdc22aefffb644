namespace ContainerStages.Snapshots;

/// <summary>Owner of a file, as numbers inside the image.</summary>
internal readonly record struct Ownership(uint UserId, uint GroupId);
