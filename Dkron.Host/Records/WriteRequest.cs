namespace Dkron.Host.Records;

/// <summary>Something that waits to be written.</summary>
internal abstract class WriteRequest
{
    /// <summary>Does it within the batch's transaction. May be called again when the transaction could not be committed.</summary>
    public abstract void Apply(WriteBatch batch);

    /// <summary>The transaction is on disk.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);

    /// <summary>Marks it as taken, so that it cannot be cancelled any more. False when it was cancelled.</summary>
    public abstract bool TryTake();

    /// <summary>Gives it back after a transaction that could not be committed: it may be cancelled again, or is now when that was asked for meanwhile.</summary>
    public abstract void PutBack();
}
