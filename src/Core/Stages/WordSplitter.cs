using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Stages;

/// <summary>Collects text into words: blanks split unless they are protected by quotes or escapes.</summary>
internal sealed class WordSplitter
{
    private readonly ImmutableArray<string>.Builder _words = ImmutableArray.CreateBuilder<string>();
    private readonly StringBuilder _word = new();

    public void Append(string text, bool isProtected)
    {
        foreach (var character in text)
        {
            if (isProtected || !char.IsWhiteSpace(character))
            {
                _word.Append(character);
            }
            else
            {
                EndWord();
            }
        }
    }

    public ImmutableArray<string> Finish()
    {
        EndWord();
        return _words.ToImmutable();
    }

    private void EndWord()
    {
        if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
            _word.Clear();
        }
    }
}
