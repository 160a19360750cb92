/** The app's own sign: an open ring with the bell's moment on it. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M14.4 3.3A9 9 0 1 0 20.7 9.6" />
      <circle cx="18.4" cy="5.6" r="1.6" />
    </svg>
  );
}
