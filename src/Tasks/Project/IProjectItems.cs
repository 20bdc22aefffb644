namespace ContainerStages.Tasks.Project;

/// <summary>
/// The project that is read. Each reader has a view of the task of its own, beside it: what it reads, and no more. Paths begin at the
/// project's folder.
/// </summary>
internal interface IProjectItems
{
    string ProjectFile { get; }

    string ProjectDirectory { get; }
}
