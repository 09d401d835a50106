/**
 * Keeps the page in place when a part of it fails: shows the error, and a way back to the song.
 */
import { Component, type ComponentChildren } from "preact";

interface Props {
  /** The name that people read: "The roll". */
  readonly what: string;
  readonly children: ComponentChildren;
}

export class ErrorBoundary extends Component<Props, { reason?: string | undefined }> {
  override state: { reason?: string | undefined } = {};

  static override getDerivedStateFromError(thrown: unknown): { reason: string } {
    return { reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  override componentDidCatch(thrown: unknown): void {
    console.error(thrown);
  }

  override render() {
    const { reason } = this.state;
    if (reason === undefined) return this.props.children;
    return (
      <section class="failed" role="alert">
        <h2>{this.props.what} cannot be shown</h2>
        <p class="quiet">{reason}</p>
        <p class="quiet">Your song is safe: every change is saved as you make it.</p>
        <div class="row">
          <button type="button" class="button" onClick={() => this.setState({ reason: undefined })}>
            Try again
          </button>
          <button type="button" class="button button-quiet" onClick={() => location.reload()}>
            Reload the page
          </button>
        </div>
      </section>
    );
  }
}
