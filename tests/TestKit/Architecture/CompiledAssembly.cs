using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ContainerStages.TestKit;

/// <summary>
/// Reads who mentions whom in a compiled assembly: bases, interfaces, signatures of members and the code of methods.
/// Constants are not seen: the compiler copies them.
/// </summary>
public sealed class CompiledAssembly : IDisposable
{
    private static readonly SignatureTypes Types = new();
    private readonly PEReader file;
    private readonly MetadataReader metadata;
    private readonly string name;

    public CompiledAssembly(string path)
    {
        file = new(File.OpenRead(path));
        metadata = file.GetMetadataReader();
        name = metadata.GetString(metadata.GetAssemblyDefinition().Name);
    }

    public IEnumerable<TypeReference> References() =>
        from definition in metadata.TypeDefinitions
        let source = Outermost(definition)
        from handle in MentionedBy(metadata.GetTypeDefinition(definition)).SelectMany(TypesOf).Distinct()
        let target = Outermost(handle)
        where source != target
        select new TypeReference(source.FullName, source.Namespace, target.FullName, target.Namespace, target.Assembly);

    public void Dispose() => file.Dispose();

    private IEnumerable<EntityHandle> MentionedBy(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.GetInterfaceImplementations().Select(handle => metadata.GetInterfaceImplementation(handle).Interface),
        .. type.GetFields().SelectMany(handle => metadata.GetFieldDefinition(handle).DecodeSignature(Types, null)),
        .. type.GetMethods().Select(metadata.GetMethodDefinition).SelectMany(MentionedBy),
    ];

    private IEnumerable<EntityHandle> MentionedBy(MethodDefinition method)
    {
        IEnumerable<EntityHandle> mentioned = SignatureTypes.All(method.DecodeSignature(Types, null));
        if (method.RelativeVirtualAddress == 0)
        {
            return mentioned;
        }

        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        var locals = body.LocalSignature.IsNil
            ? []
            : metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(Types, null).SelectMany(local => local);
        return
        [
            .. mentioned,
            .. locals,
            .. body.ExceptionRegions.Select(region => region.CatchType),
            .. IntermediateCode.TokensOf(body.GetILBytes()!),
        ];
    }

    /// <summary>The types behind a token: of a member its declaring type and those of its signature.</summary>
    private IEnumerable<EntityHandle> TypesOf(EntityHandle handle) => handle switch
    {
        { IsNil: true } => [],
        { Kind: HandleKind.TypeDefinition or HandleKind.TypeReference } => [handle],
        { Kind: HandleKind.TypeSpecification } =>
            metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(Types, null),
        { Kind: HandleKind.MethodDefinition } => [metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()],
        { Kind: HandleKind.FieldDefinition } => [metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()],
        { Kind: HandleKind.MemberReference } => TypesOf(metadata.GetMemberReference((MemberReferenceHandle)handle)),
        { Kind: HandleKind.MethodSpecification } => TypesOf(metadata.GetMethodSpecification((MethodSpecificationHandle)handle)),
        _ => [],
    };

    private IEnumerable<EntityHandle> TypesOf(MemberReference member) =>
    [
        .. TypesOf(member.Parent),
        .. member.GetKind() == MemberReferenceKind.Field
            ? member.DecodeFieldSignature(Types, null)
            : SignatureTypes.All(member.DecodeMethodSignature(Types, null)),
    ];

    private IEnumerable<EntityHandle> TypesOf(MethodSpecification method) =>
        [.. TypesOf(method.Method), .. method.DecodeSignature(Types, null).SelectMany(argument => argument)];

    private (string Namespace, string FullName, string Assembly) Outermost(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
        {
            var definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
            return definition.GetDeclaringType() is { IsNil: false } outer
                ? Outermost(outer)
                : Named(definition.Namespace, definition.Name, name);
        }

        var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return reference.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => Outermost(reference.ResolutionScope),
            HandleKind.AssemblyReference => Named(reference.Namespace, reference.Name,
                metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name)),
            _ => Named(reference.Namespace, reference.Name, name),
        };
    }

    private (string Namespace, string FullName, string Assembly) Named(StringHandle space, StringHandle type, string assembly)
    {
        var text = metadata.GetString(space);
        return (text, text.Length == 0 ? metadata.GetString(type) : $"{text}.{metadata.GetString(type)}", assembly);
    }
}
